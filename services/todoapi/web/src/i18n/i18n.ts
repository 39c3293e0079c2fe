import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export interface Texts {
  [key: string]: string | Texts;
}

/**
 * English comes with the page, but for the texts that a screen brings along; another language when
 * somebody wants it. Each file is a namespace.
 */
const english = import.meta.glob<Texts>(["./en/*.json", "!./en/{activity,chat,commands,dashboard,onboarding,pane,search,session,settings}.json"], { eager: true, import: "default" });

/** What people can choose, in its own words. */
export const languages = { en: "English", de: "Deutsch", fr: "Français" } as const;
export type Language = keyof typeof languages;

/** All texts of a language come as one file: each of many would be named in what every visit loads. */
const others: Partial<Record<Language, () => Promise<{ texts: Readonly<Record<string, Texts>> }>>> = {
  de: () => import("./de"),
  fr: () => import("./fr"),
};

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: Object.fromEntries(Object.entries(english).map(([path, texts]) => [namespaceOf(path), texts])) },
  keySeparator: ".",
  interpolation: { escapeValue: false }, // React escapes
  react: { useSuspense: false },
  initAsync: false,
});

function namespaceOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1, -".json".length);
}

/** Adds the English texts of a screen that is loaded later than the page. */
export function addEnglish(namespace: string, texts: Texts): void {
  i18next.addResourceBundle("en", namespace, texts);
}

/** The language of the page that is nearest to a locale, such as "de-AT". */
export function languageOf(locale: string): Language {
  const language = locale.split("-")[0]?.toLowerCase() ?? "";
  return language in languages ? (language as Language) : "en";
}

/** Shows the page in the language of a locale. It stays in the former one if that cannot be loaded. */
export async function speak(locale: string): Promise<void> {
  const language = languageOf(locale);
  const { texts = {} } = (await others[language]?.()) ?? {};
  for (const [path, ofPath] of Object.entries(texts)) i18next.addResourceBundle(language, namespaceOf(path), ofPath);
  // What is drawn anew in the language looks which way it runs.
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
  await i18next.changeLanguage(language);
}
