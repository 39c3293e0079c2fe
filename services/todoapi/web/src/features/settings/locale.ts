/** What a locale says: the language of the page, where dates are written as people there do, and which clock they like. */
export interface LocaleParts {
  language: string;
  /** "" where the language alone tells. */
  region: string;
  clock: Clock;
}

/** region: as is usual there. */
export type Clock = "region" | "12" | "24";

const cycles = { "12": "h12", "24": "h23" } as const;

/** Where the languages of the page are spoken: what is offered to those who speak them. */
const regions: Readonly<Record<string, readonly string[]>> = {
  en: ["GB", "US", "AU", "CA", "IE", "IN", "NZ", "SG", "ZA"],
  de: ["DE", "AT", "CH", "LI", "LU"],
  fr: ["FR", "BE", "CA", "CH", "LU"],
};

export function partsOf(locale: string): LocaleParts {
  const { language, region = "", hourCycle } = new Intl.Locale(locale);
  const clock = hourCycle === undefined ? "region" : hourCycle === "h11" || hourCycle === "h12" ? "12" : "24";
  return { language, region, clock };
}

export function localeOf({ language, region, clock }: LocaleParts): string {
  return new Intl.Locale(language, { ...(region !== "" && { region }), ...(clock !== "region" && { hourCycle: cycles[clock] }) }).toString();
}

/** The regions to choose from, and the one that is chosen, whichever it is. */
export function regionsOf({ language, region }: LocaleParts): string[] {
  const usual = regions[language] ?? [];
  return region === "" || usual.includes(region) ? [...usual] : [...usual, region];
}

/** The same in another language: the region stays where that language is spoken there, too. */
export function spokenIn(parts: LocaleParts, language: string): LocaleParts {
  const there = regions[language] ?? [];
  return { ...parts, language, region: there.includes(parts.region) ? parts.region : (there[0] ?? "") };
}
