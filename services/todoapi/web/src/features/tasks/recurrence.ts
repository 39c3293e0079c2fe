import type { RecurrencePreview } from "../../api/types";
import { dueInstant, spellDue, spellInstant } from "../../time/due";

/** The rules that the editor offers by name; every other one is said in words or as a rule. */
export const commonRules = [
  { rule: "FREQ=DAILY", label: "Every day" },
  { rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", label: "Every weekday" },
  { rule: "FREQ=WEEKLY", label: "Every week" },
  { rule: "FREQ=MONTHLY", label: "Every month" },
] as const;

const units: Record<string, string> = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };
const dayNames: Record<string, string> = { MO: "Mon", TU: "Tue", WE: "Wed", TH: "Thu", FR: "Fri", SA: "Sat", SU: "Sun" };

/** A plain rule as a sentence at once; null for one whose sentence only the server knows. */
export function describeRule(rule: string): string | null {
  const plain = withoutClamp(rule);
  const common = commonRules.find((known) => known.rule === plain);
  if (common) return common.label.toLowerCase();
  const { FREQ, INTERVAL, BYDAY, ...rest } = parse(plain);
  const unit = units[FREQ ?? ""];
  if (!unit || Object.keys(rest).length > 0) return null;
  const every = INTERVAL && INTERVAL !== "1" ? `every ${INTERVAL} ${unit}s` : `every ${unit}`;
  if (!BYDAY) return every;
  const days = BYDAY.split(",").map((day) => dayNames[day]);
  return days.includes(undefined) ? null : `${every} on ${days.join(", ")}`;
}

function parse(rule: string): Record<string, string> {
  return Object.fromEntries(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
}

/** A rule without the parts (RFC 7529) that say what every rule of a task means anyway: month ends clamp. */
export function withoutClamp(rule: string): string {
  const clamped = /^RSCALE=GREGORIAN;(FREQ=(?:MONTHLY|YEARLY)(?:;INTERVAL=\d+)?);SKIP=BACKWARD$/.exec(rule);
  return clamped?.[1] ?? rule;
}

/** Tells a rule of RFC 5545 from words. */
export function isRule(text: string): boolean {
  return /=|^\s*(RRULE|RDATE|EXDATE|DTSTART)/i.test(text);
}

/** The dates that follow the first one. */
export function nextDates({ occurrences, start }: RecurrencePreview, now: Date, zone: string): string[] {
  const begin = dueInstant(start, zone);
  return occurrences
    .filter((at) => (at.includes("T") && begin ? new Date(at) > begin : at > start.date))
    .map((at) => (at.includes("T") ? spellInstant(new Date(at), { now, zone, locale: "en-GB" }) : spellDue({ date: at }, { now, zone, locale: "en-GB" })));
}
