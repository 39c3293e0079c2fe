/** The rules that the editor offers by name; every other rule is edited as text. */
export const commonRules = [
  { rule: "FREQ=DAILY", label: "Every day" },
  { rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", label: "Every weekday" },
  { rule: "FREQ=WEEKLY", label: "Every week" },
  { rule: "FREQ=MONTHLY", label: "Every month" },
] as const;

const units: Record<string, string> = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };
const dayNames: Record<string, string> = { MO: "Mon", TU: "Tue", WE: "Wed", TH: "Thu", FR: "Fri", SA: "Sat", SU: "Sun" };

/** A rule in words; the rule itself where words would leave something out. */
export function describeRule(rule: string): string {
  const common = commonRules.find((known) => known.rule === rule);
  if (common) return common.label;
  const { FREQ, INTERVAL, BYDAY, ...rest } = parse(rule);
  const unit = units[FREQ ?? ""];
  if (!unit || Object.keys(rest).length > 0) return rule;
  const every = INTERVAL && INTERVAL !== "1" ? `Every ${INTERVAL} ${unit}s` : `Every ${unit}`;
  if (!BYDAY) return every;
  const days = BYDAY.split(",").map((day) => dayNames[day]);
  return days.includes(undefined) ? rule : `${every} on ${days.join(", ")}`;
}

function parse(rule: string): Record<string, string> {
  return Object.fromEntries(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
}

/** Takes a pasted rule with its name, in any case, as the API wants it. */
export function tidyRule(text: string): string {
  return text.trim().toUpperCase().replace(/^RRULE:/, "").replace(/\s+/g, "");
}
