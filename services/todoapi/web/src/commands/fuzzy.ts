/** Words without case and accents. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
}

/**
 * How well a text fits what was typed: the higher the better, null if its letters are not in it in
 * their order. Letters that begin words count most, then those that follow each other. Both are plain.
 */
export function fit(typed: string, text: string): number | null {
  if (typed === "") return 0; // as it was
  const whole = text.indexOf(typed);
  if (whole >= 0) return 1000 + (startsWord(text, whole) ? 500 : 0) - whole - text.length / 100;
  let score = 0;
  let last = -1;
  for (const letter of typed) {
    if (letter === " ") continue;
    const next = placeOf(letter, text, last + 1);
    if (next < 0) return null;
    score += startsWord(text, next) ? 20 : next === last + 1 ? 10 : 1;
    last = next;
  }
  return score - text.length / 100;
}

/** Where a letter is next: the start of a word, if there is one and the letter does not follow at once. */
function placeOf(letter: string, text: string, from: number): number {
  const next = text.indexOf(letter, from);
  if (next <= from) return next;
  for (let at = next; at >= 0; at = text.indexOf(letter, at + 1)) if (startsWord(text, at)) return at;
  return next;
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(text.charAt(at - 1));
}

/** Those that fit what was typed, the best first and at most limit. textOf gives what is searched, plain. */
export function best<Item>(typed: string, items: Iterable<Item>, textOf: (item: Item) => string, limit: number): Item[] {
  const wanted = plain(typed.trim());
  const found: { item: Item; score: number }[] = [];
  for (const item of items) {
    const score = fit(wanted, textOf(item));
    if (score !== null) found.push({ item, score });
  }
  return found
    .sort((one, other) => other.score - one.score)
    .slice(0, limit)
    .map(({ item }) => item);
}
