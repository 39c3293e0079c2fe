/** The text of the chatbot says all that its cards show: where the cards are, it need not be said twice. */

const uuid = /[\s`([]*(?:\bid:?\s*)?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b[`)\]]*/gi;
const item = /^\s{0,3}(\d+)[.)]\s/;

/** A text without the ids of tasks, which mean nothing to people. */
export function withoutIds(text: string): string {
  return text.replace(uuid, "");
}

export interface Told {
  /** The text before and after the list. */
  text: string;
  /** The number of the first task, by which people name it. */
  first: number;
}

/** A text without its list of so many tasks, which are shown as cards. Another list stays. */
export function withoutList(text: string, count: number): Told {
  const lines = text.split("\n");
  const starts = lines.flatMap((line, at) => (item.test(line) && !item.test(lines[at - 1] ?? "") ? [at] : []));
  const start = starts.find((at) => listFrom(lines, at) === count);
  if (start === undefined || count === 0) return { text, first: 1 };
  const rest = [...lines.slice(0, start), "", ...lines.slice(start + count)].join("\n");
  return { text: rest.replace(/\n{3,}/g, "\n\n").trim(), first: Number(item.exec(lines[start] ?? "")?.[1] ?? 1) };
}

/** How many lines of a list follow each other. */
function listFrom(lines: readonly string[], start: number): number {
  const end = lines.findIndex((line, at) => at >= start && !item.test(line));
  return (end < 0 ? lines.length : end) - start;
}

/** A text of Markdown as it is read out. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s{0,3}(?:#{1,6}|>|[-*+])\s+/gm, "")
    .replace(/(?<!\w)(\*\*|__|[*_`])(?=\S)(.+?)(?<=\S)\1(?!\w)/g, "$2")
    .replace(/\s*\n\s*/g, " ")
    .trim();
}
