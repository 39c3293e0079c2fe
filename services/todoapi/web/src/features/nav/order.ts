import type { Beside } from "../../store/acts";
import type { Row } from "../../store/lists";
import { moves } from "../task";
import type { Branch } from "./tree";

/** Where a project or filter goes. */
export type Place = Beside | { parentId: string };

export type Step = "up" | "down" | "in" | "out";

/** Which part of a row something is held over. */
export type Zone = "before" | "inside" | "after";

const steps = { up: moves.raised, down: moves.lowered, in: moves.indented, out: moves.outdented };

/** Projects one below the other, each with its depth. */
export function rowsOf(tree: readonly Branch[], depth = 0): Row[] {
  return tree.flatMap(({ project, below }) => [{ id: project.id, depth, children: below.length }, ...rowsOf(below, depth + 1)]);
}

/** Where a row goes by one step; null: it cannot. */
export function stepped(rows: readonly Row[], id: string, step: Step): Place | null {
  const to = steps[step]([{ key: "", rows }], id);
  if (!to) return null;
  return "parentId" in to && to.parentId ? { parentId: to.parentId } : (to as Beside);
}

/** Where a row goes that is let go on another one, of which those below are seen or folded away; null: it cannot. */
export function dropped(rows: readonly Row[], id: string, on: { id: string; folded: boolean }, zone: Zone): Place | null {
  const from = rows.findIndex((row) => row.id === id);
  const branch = moves.branchOf(rows, from);
  const others = rows.filter((row) => !branch.includes(row));
  const at = others.findIndex((row) => row.id === on.id);
  const target = others[at];
  if (!target) return null;
  const next = others[at + 1];
  const firstBelow = zone === "after" && !on.folded && next && next.depth > target.depth ? next : undefined;
  const depth = zone === "inside" || firstBelow ? target.depth + 1 : target.depth;
  const height = Math.max(...branch.map((row) => row.depth)) - (branch[0]?.depth ?? 0);
  if (depth + height > moves.deepest) return null;
  if (zone === "inside") return { parentId: on.id };
  if (firstBelow) return { before: firstBelow.id };
  return zone === "before" ? { before: on.id } : { after: on.id };
}
