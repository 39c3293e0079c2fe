import { queryOptions } from "@tanstack/react-query";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { Recurrence } from "../../api/types";
import { type Line, toBytes } from "./composer/quickAdd";
import type { RepeatText } from "./pickers/recurrence";

/** What the server makes of words, before a task is made of them. */
const preview = {
  retry: false,
  // Browsers are often wrong about being offline, and a wait for the network helps nobody here.
  networkMode: "always",
  // "In 20 minutes" means something else a little later.
  staleTime: 20_000,
  gcTime: 60_000,
} as const;

/** The locale of words that the server reads: it knows English and German, and takes the order of dates from the region. */
export function wordsLocale(locale: string): string {
  const plain = locale.split("-u-")[0] ?? "";
  return /^(en|de)\b/i.test(plain) ? plain : "en";
}

/** Where and in which language words are said. */
export interface Speaker {
  zone: string;
  locale: string;
}

/** The tasks that a text says, one a line. */
export function lineQuery({ text, dismissed }: Line, { zone, locale }: Speaker) {
  const body = { text, zone, locale: wordsLocale(locale), ignore: toBytes(text, dismissed) };
  return queryOptions({
    ...preview,
    queryKey: ["preview", "line", body],
    queryFn: async () => ({ text, dismissed, tasks: (await client.call(operations.previewQuickAdd, { body })).tasks }),
  });
}

/** How a task repeats, with the dates that come next. */
export function repeatQuery(repeat: RepeatText, { zone, locale }: Speaker) {
  const body = { ...repeat, zone, locale: wordsLocale(locale), count: 6 };
  return queryOptions({
    ...preview,
    queryKey: ["preview", "repeat", body],
    queryFn: () => client.call(operations.previewRecurrence, { body }),
  });
}

/** The sentence of a stored rule, which does not depend on where the rule begins. */
export function sentenceQuery({ rule, anchor = "schedule" }: Recurrence, speaker: Speaker) {
  return queryOptions({ ...repeatQuery({ rule, anchor, start: "2000-01-01T00:00" }, speaker), staleTime: Infinity, gcTime: Infinity });
}
