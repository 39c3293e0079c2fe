import type { Row } from "../../../store/lists";
import type { TaskPlace } from "../../../store/acts";
import type { TaskGroup } from "./items";

/** How deep tasks may stand below others: five levels. */
export const deepest = 4;

/** Where a task goes, or why it stays. */
export type Move = TaskPlace | null;

interface Found {
  group: TaskGroup;
  at: number;
  row: Row;
}

function find(groups: readonly TaskGroup[], id: string): Found | null {
  for (const group of groups) {
    const at = group.rows.findIndex((row) => row.id === id);
    const row = group.rows[at];
    if (row) return { group, at, row };
  }
  return null;
}

/** The rows of a task and of all that is shown below it. */
export function branchOf(rows: readonly Row[], at: number): readonly Row[] {
  const depth = rows[at]?.depth ?? 0;
  const end = rows.findIndex((row, other) => other > at && row.depth <= depth);
  return rows.slice(at, end < 0 ? rows.length : end);
}

/** Below the task that stands above it at the same level. */
export function indented(groups: readonly TaskGroup[], id: string): Move {
  const found = find(groups, id);
  const above = found && siblingBefore(found.group.rows, found.at);
  return above && above.depth < deepest ? { parentId: above.id } : null;
}

/** Out of the task that it is part of, after that. */
export function outdented(groups: readonly TaskGroup[], id: string): Move {
  const found = find(groups, id);
  if (!found || found.row.depth === 0) return null;
  const parent = found.group.rows.slice(0, found.at).findLast(({ depth }) => depth === found.row.depth - 1);
  return parent ? { after: parent.id } : null;
}

/** Before the one above it, or at the end of the group above. */
export function raised(groups: readonly TaskGroup[], id: string): Move {
  const found = find(groups, id);
  if (!found) return null;
  const above = siblingBefore(found.group.rows, found.at);
  if (above) return { before: above.id };
  return found.row.depth === 0 ? endOf(groups[groups.indexOf(found.group) - 1]) : null;
}

/** After the one below it, or at the start of the group below. */
export function lowered(groups: readonly TaskGroup[], id: string): Move {
  const found = find(groups, id);
  if (!found) return null;
  const next = found.group.rows[found.at + branchOf(found.group.rows, found.at).length];
  if (next?.depth === found.row.depth) return { after: next.id };
  return found.row.depth === 0 ? startOf(groups[groups.indexOf(found.group) + 1]) : null;
}

function siblingBefore(rows: readonly Row[], at: number): Row | undefined {
  const depth = rows[at]?.depth ?? 0;
  const above = rows.slice(0, at).findLast((row) => row.depth <= depth);
  return above?.depth === depth ? above : undefined;
}

function startOf(group: TaskGroup | undefined): Move {
  const [first] = group?.rows ?? [];
  return first ? { before: first.id } : endOf(group);
}

function endOf(group: TaskGroup | undefined): Move {
  const { projectId = null, sectionId = null } = group?.place ?? {};
  return group?.place ? { projectId, sectionId } : null;
}

/** Where something is let go: in the gap above the row at that place, as deep as the pointer says. */
export interface Gap {
  at: number;
  depth: number;
}

/** A gap at a depth that is possible there. */
export function fitting(rows: readonly Row[], { at, depth }: Gap): Gap {
  const above = rows[at - 1];
  const least = rows[at]?.depth ?? 0;
  const most = above ? Math.min(above.depth + 1, deepest) : 0;
  return { at, depth: Math.max(least, Math.min(depth, most)) };
}

/** Where a task goes that is let go in a gap between rows, of which it and what is below it are none. */
export function dropped(group: TaskGroup, gap: Gap): Move {
  const { rows } = group;
  const { at, depth } = fitting(rows, gap);
  const above = rows[at - 1];
  const below = rows[at];
  if (above && depth > above.depth) return below?.depth === depth ? { before: below.id } : { parentId: above.id };
  const sibling = rows.slice(0, at).findLast((row) => row.depth <= depth);
  if (sibling?.depth === depth) return { after: sibling.id };
  return startOf(group);
}
