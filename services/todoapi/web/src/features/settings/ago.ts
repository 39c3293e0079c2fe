const units = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** How long ago, or how far ahead, an instant is, in the largest unit that fits: "3 days ago", "now", "in 2 months". */
export function ago(instant: Date, now: Date, locale: string): string {
  const distance = instant.getTime() - now.getTime();
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const [unit, size] = units.find(([, ms]) => Math.abs(distance) >= ms) ?? ["second", 0];
  return words.format(size === 0 ? 0 : Math.trunc(distance / size), unit);
}
