import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

interface Texts {
  [key: string]: string | Texts;
}

const plural = /_(zero|one|two|few|many|other)$/;
const languages = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const namespaces = readdirSync(join(import.meta.dirname, "en"));

function textsOf(language: string, namespace: string): Map<string, string> {
  const flat = (texts: Texts, path: string): [string, string][] =>
    Object.entries(texts).flatMap(([key, text]) => (typeof text === "string" ? [[path + key, text]] : flat(text, `${path}${key}.`)));
  return new Map(flat(JSON.parse(readFileSync(join(import.meta.dirname, language, namespace), "utf8")) as Texts, ""));
}

/** The keys that a language must have: English has those of its own plurals. */
function wantedKeys(english: Iterable<string>, language: string): string[] {
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const keys = [...english].flatMap((key) =>
    plural.test(key) ? categories.map((category) => key.replace(plural, `_${category}`)) : [key],
  );
  return [...new Set(keys)].sort();
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g), ...text.matchAll(/<\/?(\w+)>/g)].map(([, name]) => name).sort();

describe.each(languages)("%s", (language) => {
  test("has the files of English", () => {
    expect(readdirSync(join(import.meta.dirname, language))).toEqual(namespaces);
  });

  test.each(namespaces)("has in %s each text of English, with its plurals and its gaps", (namespace) => {
    const english = textsOf("en", namespace);
    const texts = textsOf(language, namespace);
    expect([...texts.keys()].sort()).toEqual(wantedKeys(english.keys(), language));
    for (const [key, text] of texts) {
      expect(text.trim(), key).not.toBe("");
      const original = english.get(key) ?? english.get(key.replace(plural, "_other")) ?? "";
      // "One task" need not say the number.
      if (!key.endsWith("_one") && !key.endsWith("_zero")) expect(placeholders(text), key).toEqual(placeholders(original));
    }
  });
});
