/** How far the clocks of a zone are ahead of UTC at an instant: "UTC+2", "UTC−3:30". */
export function offsetOf(zone: string, at: Date): string {
  const name = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(at).find(({ type }) => type === "timeZoneName")?.value;
  return (name ?? "GMT").replace(/^GMT(\+0$)?/, "UTC").replace("-", "−");
}

/** A zone as people read it: "Europe/Berlin", "America/New York". */
export function nameOf(zone: string): string {
  return zone.replaceAll("_", " ");
}

/** All zones that the browser knows, and those that are in use anyway, by their names. */
export function zonesWith(used: readonly string[], known: readonly string[] = Intl.supportedValuesOf("timeZone")): string[] {
  return [...new Set([...known, "UTC", ...used])].sort();
}
