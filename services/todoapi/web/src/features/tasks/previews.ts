import { queryOptions } from "@tanstack/react-query";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { Anchor, QuickAddTask, Recurrence } from "../../api/types";
import { type Line, type Range, toBytes, understand } from "./quickAdd";

/** What the server makes of words, before a task is made of them. */
const preview = {
  retry: false,
  // Browsers are often wrong about being offline, and a wait for the network helps nobody here.
  networkMode: "always",
  // "In 20 minutes" means something else a little later.
  staleTime: 20_000,
  gcTime: 60_000,
} as const;

/**
 * The English of the person, which tells 3 December from 12 March in 3/12. The page and
 * its buttons speak no other language yet.
 */
function englishOfDevice(): { locale?: string } {
  const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith("en"));
  return locale === undefined ? {} : { locale };
}

/** The tasks that a text says, one a line. */
export function lineQuery({ text, dismissed }: Line, zone: string) {
  return queryOptions({
    ...preview,
    queryKey: ["preview", "line", text, dismissed, zone],
    queryFn: async () => ({ text, tasks: await understand(text, dismissed, (ignore) => quickAdd(text, ignore, zone)) }),
  });
}

async function quickAdd(text: string, ignore: Range[], zone: string): Promise<QuickAddTask[]> {
  const body = { text, zone, ...englishOfDevice(), ignore: toBytes(text, ignore) };
  return (await client.call(operations.previewQuickAdd, { body })).tasks;
}

/** How a task repeats: a rule, or words in its place, and where it begins. */
export interface RepeatText {
  rule?: string;
  text?: string;
  anchor?: Anchor;
  start?: string; // YYYY-MM-DD or YYYY-MM-DDTHH:MM
  after?: string; // lists only what comes later
}

export function repeatQuery(repeat: RepeatText, zone: string) {
  return queryOptions({
    ...preview,
    queryKey: ["preview", "repeat", repeat, zone],
    queryFn: () =>
      client.call(operations.previewRecurrence, { body: { ...repeat, zone, ...englishOfDevice(), count: 4 } }),
  });
}

/** The sentence of a stored rule, which does not depend on where the rule begins. */
export function sentenceQuery({ rule, anchor = "schedule" }: Recurrence, zone: string) {
  return queryOptions({ ...repeatQuery({ rule, anchor, start: "2000-01-01T00:00" }, zone), staleTime: Infinity, gcTime: Infinity });
}
