const units = [
  { name: "week", minutes: 7 * 24 * 60 },
  { name: "day", minutes: 24 * 60 },
  { name: "hour", minutes: 60 },
  { name: "minute", minutes: 1 },
] as const;

/** Minutes as the largest unit that they are a whole number of. */
export function wholeUnit(minutes: number): { unit: "week" | "day" | "hour" | "minute"; count: number } {
  const unit = units.find((candidate) => minutes >= candidate.minutes && minutes % candidate.minutes === 0) ?? units[3];
  return { unit: unit.name, count: minutes / unit.minutes };
}
