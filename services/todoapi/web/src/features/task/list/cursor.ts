/** The task that the keys are about, and those that are chosen. Both are ids: rows come and go. */
export interface Choice {
  cursor: string | null;
  chosen: ReadonlySet<string>;
  /** From where a range reaches to the cursor. */
  anchor: string | null;
}

export const nobody: Choice = { cursor: null, chosen: new Set(), anchor: null };

/** The cursor so many rows further down, or up; at the first row when it is nowhere. */
export function moved(choice: Choice, order: readonly string[], by: number): Choice {
  const at = choice.cursor === null ? -1 : order.indexOf(choice.cursor);
  const to = at < 0 ? (by > 0 ? 0 : order.length - 1) : Math.min(Math.max(at + by, 0), order.length - 1);
  return placed(choice, order[to] ?? null);
}

/** The cursor at a row. */
export function placed(choice: Choice, cursor: string | null): Choice {
  return choice.cursor === cursor && choice.anchor === null ? choice : { ...choice, cursor, anchor: null };
}

export function toggled(choice: Choice, id: string): Choice {
  const chosen = new Set(choice.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  return { cursor: id, chosen, anchor: null };
}

/** Chooses all from the anchor to a row, and lets go of what an earlier range from there had. */
export function ranged(choice: Choice, order: readonly string[], to: string): Choice {
  const anchor = choice.anchor ?? choice.cursor ?? to;
  const chosen = new Set(choice.chosen);
  if (choice.anchor !== null && choice.cursor !== null) for (const id of between(order, anchor, choice.cursor)) chosen.delete(id);
  for (const id of between(order, anchor, to)) chosen.add(id);
  return { cursor: to, chosen, anchor };
}

function between(order: readonly string[], one: string, other: string): readonly string[] {
  const [from, to] = [order.indexOf(one), order.indexOf(other)].sort((a, b) => a - b);
  return from === undefined || to === undefined || from < 0 ? [] : order.slice(from, to + 1);
}

/** The choice once the rows have changed: what has gone is let go of, and the cursor goes to what came after it. */
export function kept(choice: Choice, before: readonly string[], now: readonly string[]): Choice {
  if (choice.cursor === null && choice.chosen.size === 0) return choice;
  const there = new Set(now);
  const chosen = [...choice.chosen].every((id) => there.has(id)) ? choice.chosen : new Set([...choice.chosen].filter((id) => there.has(id)));
  const { cursor } = choice;
  if (cursor === null || there.has(cursor)) return chosen === choice.chosen ? choice : { ...choice, chosen };
  const at = before.indexOf(cursor);
  const next = before.slice(at + 1).find((id) => there.has(id)) ?? before.slice(0, Math.max(at, 0)).findLast((id) => there.has(id));
  return { cursor: next ?? null, chosen, anchor: null };
}

/** The tasks that a command is about: those that are chosen, else the one at the cursor. */
export function meant({ cursor, chosen }: Choice, order: readonly string[]): string[] {
  if (chosen.size > 0) return order.filter((id) => chosen.has(id));
  return cursor === null ? [] : [cursor];
}
