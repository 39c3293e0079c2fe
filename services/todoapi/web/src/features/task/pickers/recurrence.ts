import type { Due, RecurrencePreview } from "../../../api/types";
import { dayOf, dueInstant, isOverdue, spellDue, spellInstant, timeOf, type Viewer } from "../../../time/due";

/** The rules that are offered by name; every other one is said in words or as a rule. */
export const commonRules = [
  { rule: "FREQ=DAILY", name: "daily" },
  { rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", name: "weekdays" },
  { rule: "FREQ=WEEKLY", name: "weekly" },
  { rule: "FREQ=MONTHLY", name: "monthly" },
  { rule: "FREQ=YEARLY", name: "yearly" },
] as const;

const units = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" } as const;
const weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** A rule that can be said without the server. Days are 1 (Monday) to 7. */
export interface PlainRule {
  unit: (typeof units)[keyof typeof units];
  interval: number;
  days: number[];
}

/** What a plain rule says; null for one whose sentence only the server knows. */
export function plainRule(rule: string): PlainRule | null {
  const { FREQ, INTERVAL = "1", BYDAY, ...rest } = parse(withoutClamp(rule));
  const unit = Object.entries(units).find(([name]) => name === FREQ)?.[1];
  if (!unit || Object.keys(rest).length > 0) return null;
  const days = BYDAY === undefined ? [] : BYDAY.split(",").map((day) => weekdays.indexOf(day) + 1);
  return days.includes(0) ? null : { unit, interval: Number(INTERVAL), days };
}

export function isWorkweek({ unit, interval, days }: PlainRule): boolean {
  return unit === "week" && interval === 1 && days.join() === "1,2,3,4,5";
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
export function nextDates({ occurrences, start }: RecurrencePreview, viewer: Viewer): string[] {
  const begin = dueInstant(start, viewer.zone);
  return occurrences
    .filter((at) => (at.includes("T") && begin ? new Date(at) > begin : at > start.date))
    .map((at) => (at.includes("T") ? spellInstant(new Date(at), viewer) : spellDue({ date: at }, viewer)));
}

/** What the server is asked about how a task repeats: a rule, or words in its place, and where it begins. */
export interface RepeatText {
  rule?: string;
  text?: string;
  anchor?: "schedule" | "completion";
  start?: string; // YYYY-MM-DD or YYYY-MM-DDTHH:MM
  after?: string; // lists only what comes later
}

/** What to ask about words or a rule for a task that is due at some time or not yet: what follows that and the present. */
export function repeatTextOf(typed: string, due: Due | null, { now, zone }: Viewer): RepeatText {
  const text = typed.trim();
  const today = dayOf(now, zone);
  const past = due !== null && isOverdue(due, now, zone);
  return {
    ...(isRule(text) ? { rule: text, start: localTime(due ?? { date: today }) } : { text, ...(due && { start: localTime(due) }) }),
    ...(past && { after: due.time ? `${today}T${timeOf(now, zone)}` : today }),
  };
}

function localTime({ date, time }: Due): string {
  return time ? `${date}T${time}` : date;
}
