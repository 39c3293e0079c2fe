import i18next from "i18next";
import { initReactI18next } from "react-i18next";

interface Texts {
  [key: string]: string | Texts;
}

type Loader = () => Promise<Texts>;

/**
 * English comes with the page, but for the texts that a screen brings along; another language when
 * somebody wants it. Each file is a namespace.
 */
const english = import.meta.glob<Texts>(["./en/*.json", "!./en/{activity,commands,dashboard,onboarding,session,settings}.json"], { eager: true, import: "default" });
const others = import.meta.glob<Texts>(["./*/*.json", "!./en/*.json"], { import: "default" });

/** What people can choose, in its own words. */
export const languages = { en: "English", de: "Deutsch", fr: "Français" } as const;
export type Language = keyof typeof languages;

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
  await Promise.all(
    Object.entries(others)
      .filter(([path]) => path.startsWith(`./${language}/`))
      .map(([path, load]) => addTexts(language, namespaceOf(path), load)),
  );
  // What is drawn anew in the language looks which way it runs.
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
  await i18next.changeLanguage(language);
}

async function addTexts(language: Language, namespace: string, load: Loader): Promise<void> {
  if (i18next.hasResourceBundle(language, namespace)) return;
  i18next.addResourceBundle(language, namespace, await load());
}
