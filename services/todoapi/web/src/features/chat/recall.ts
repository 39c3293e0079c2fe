/** How far back somebody has gone in what they said before: 0 is the last, null is nowhere. */
export interface Recalled {
  at: number | null;
  text: string;
}

/**
 * What stands in the line after one step back or forth in what was said before, the last first.
 * null: the step is for the line itself, since something else is typed there.
 */
export function recall(said: readonly string[], { at, text }: Recalled, step: "back" | "forth"): Recalled | null {
  const untouched = at === null ? text === "" : text === said[at];
  if (!untouched) return null;
  if (step === "forth") return at === null ? null : recalled(said, at - 1);
  const further = at === null ? 0 : at + 1;
  return further < said.length ? recalled(said, further) : null;
}

function recalled(said: readonly string[], at: number): Recalled {
  return at < 0 ? { at: null, text: "" } : { at, text: said[at] ?? "" };
}
