const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** An amount of storage as people say it: "3.2 MB". */
export function bytesOf(bytes: number, locale: string): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat(locale, { style: "unit", unit: units[power] ?? "byte", maximumFractionDigits: power === 0 ? 0 : 1 }).format(bytes / 1000 ** power);
}
