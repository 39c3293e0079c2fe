/** The text of the chatbot says all that its cards show: where the cards are, it need not be said twice. */

const uuid = /[\s`([]*(?:\bid:?\s*)?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b[`)\]]*/gi;
const item = /^\s{0,3}(\d+)[.)]\s/;

/** A text without the ids of tasks, which mean nothing to people. */
export function withoutIds(text: string): string {
  return text.replace(uuid, "");
}

/** A piece of an answer: words, or the tasks from one up to before another. */
export type Piece = { text: string } | { from: number; to: number };

export interface Told {
  pieces: readonly Piece[];
  /** The number of the first task, by which people can name it; null where the text has no list of them. */
  first: number | null;
}

/** An answer with its tasks as cards where its text lists them: under more than one heading, perhaps. */
export function told(text: string, titles: readonly string[]): Told {
  if (titles.length === 0) return { pieces: [{ text }], first: null };
  const lines = text.split("\n");
  const listed = listOf(lines, titles);
  if (!listed) return { pieces: [{ text }, { from: 0, to: titles.length }], first: null };
  const pieces: Piece[] = [];
  let words: string[] = [];
  const flush = () => {
    const said = words.join("\n").trim();
    if (said !== "") pieces.push({ text: said });
    words = [];
  };
  for (const [at, line] of lines.entries()) {
    const nth = listed.at.indexOf(at);
    if (nth < 0) {
      words.push(line);
      continue;
    }
    flush();
    const last = pieces.at(-1);
    if (last && "to" in last) last.to += 1;
    else pieces.push({ from: nth, to: nth + 1 });
  }
  flush();
  return { pieces, first: listed.first };
}

/** The lines that list tasks, whose numbers go on from one heading to the next. Another list is none of them. */
function listOf(lines: readonly string[], titles: readonly string[]): { at: number[]; first: number } | undefined {
  const items = lines.flatMap((line, at) => {
    const number = item.exec(line)?.[1];
    return number === undefined ? [] : [{ at, number: Number(number), words: letters(line) }];
  });
  for (const [start, { number: first }] of items.entries()) {
    const these = items.slice(start, start + titles.length);
    const fit = these.every(({ number, words }, nth) => number === first + nth && words.includes(letters(titles[nth] ?? "")));
    if (fit && these.length === titles.length) return { at: these.map(({ at }) => at), first };
  }
  return undefined;
}

/** A text without all by which Markdown may change it. */
function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, "");
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
