/** What a User-Agent tells of who signed in. */
export interface Device {
  /** The browser or program, "" where it does not say. */
  program: string;
  /** "" where it does not say. */
  system: string;
  phone: boolean;
}

/** By what programs say they are; the first that fits, for many say what they are not, too. */
const programs: readonly [name: string, mark: RegExp][] = [
  ["Edge", /\bEdg(e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Vivaldi", /\bVivaldi\//],
  ["Firefox", /\b(Firefox|FxiOS)\//],
  ["Chrome", /\b(Headless)?(Chrome|CriOS|Chromium)\//],
  ["Safari", /\bVersion\/.*Safari\//],
];

const systems: readonly [name: string, mark: RegExp][] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b|\bMacintosh\b/],
  ["Linux", /\bLinux\b|\bX11\b/],
];

const nameIn = (names: readonly [string, RegExp][], agent: string) => names.find(([, mark]) => mark.test(agent))?.[0] ?? "";

export function deviceOf(agent: string): Device {
  const system = nameIn(systems, agent);
  // "curl/8.5.0" and "backup-script/1.2 (…)" name themselves.
  const itself = agent.startsWith("Mozilla/") ? "" : (/^[\w .-]+?(?=[/(]|$)/.exec(agent)?.[0].trim() ?? "");
  return { program: nameIn(programs, agent) || itself, system, phone: system === "iPhone" || (system === "Android" && /\bMobile\b/.test(agent)) };
}
