const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Sorts after every key that the server gives, until it gives one: where new things stand. */
export const last = "~";

/**
 * An order key between two others, of which null is the one before all or after all. Keys are
 * fractions in base 62. The server makes its own; this one stands until it comes.
 */
export function keyBetween(lower: string | null, upper: string | null): string {
  const low = lower ?? "";
  if (upper === null || upper === last) return `${low}V`;
  let key = "";
  for (let at = 0; ; at += 1) {
    const floor = digitAt(low, at);
    const ceiling = key === upper.slice(0, at) && at < upper.length ? digitAt(upper, at) : digits.length;
    if (ceiling - floor > 1) return key + (digits[(floor + ceiling) >> 1] ?? "");
    key += digits[floor] ?? "";
    if (at > low.length + upper.length) return `${low}V`; // of equal keys there is none between
  }
}

function digitAt(key: string, at: number): number {
  return Math.max(0, digits.indexOf(key[at] ?? "0"));
}

/** Compares keys byte by byte, and what shares a key by id. */
export function byPosition(a: { position: string; id: string }, b: { position: string; id: string }): number {
  return compare(a.position, b.position) || compare(a.id, b.id);
}

export function compare<Value extends string | number>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
