import type { Group, Row } from "../../../store/lists";

/** Tasks that stand together on the screen, with what is above and below them. */
export interface TaskGroup extends Group {
  /** Its heading; none when it stands without. */
  title?: string;
  tone?: "overdue";
  /** Where tasks are added that are typed below it; nothing can be typed where this is absent. */
  place?: Place;
}

/** Where a task is put. Day is that on which it is due. */
export interface Place {
  projectId?: string | null;
  sectionId?: string | null;
  parentId?: string;
  day?: string;
}

/** One line of a list: what is measured, scrolled and drawn by itself. */
export type Item =
  | { kind: "heading"; key: string; group: number }
  | { kind: "row"; key: string; group: number; row: Row; place: number; size: number }
  | { kind: "add"; key: string; group: number };

/** The lines of groups. A group that is folded shows its heading alone. */
export function itemsOf(groups: readonly TaskGroup[], folded: ReadonlySet<string>): Item[] {
  const items: Item[] = [];
  groups.forEach(({ key, title, rows, place }, group) => {
    if (title !== undefined) items.push({ kind: "heading", key: headingKey(key), group });
    if (folded.has(headingKey(key))) return;
    // Not push(...rows): a call takes only so many arguments.
    rows.forEach((row, at) => items.push({ kind: "row", key: row.id, group, row, place: at + 1, size: rows.length }));
    if (place) items.push({ kind: "add", key: `add ${key}`, group });
  });
  return items;
}

export function headingKey(group: string): string {
  return `heading ${group}`;
}

export function idsOf(items: readonly Item[]): string[] {
  return items.flatMap((item) => (item.kind === "row" ? [item.key] : []));
}

/** Groups in which some tasks that have gone stand where they stood, while they take leave. */
export function withLeaving(before: readonly TaskGroup[], now: readonly TaskGroup[], leaving: ReadonlySet<string>): readonly TaskGroup[] {
  if (leaving.size === 0) return now;
  const there = new Set(now.flatMap(({ rows }) => rows.map(({ id }) => id)));
  return now.map((group) => {
    const was = before.find(({ key }) => key === group.key)?.rows ?? [];
    if (!was.some(({ id }) => leaving.has(id) && !there.has(id))) return group;
    const rows = [...group.rows];
    was.forEach((row, at) => {
      if (!leaving.has(row.id) || there.has(row.id)) return;
      const above = was.slice(0, at).findLast(({ id }) => rows.some((one) => one.id === id));
      rows.splice(above ? rows.findIndex(({ id }) => id === above.id) + 1 : 0, 0, row);
    });
    return { ...group, rows };
  });
}
