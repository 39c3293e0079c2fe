import type { Change } from "../../api/generated/types.gen.ts";
import { createTask, many, newId } from "../../store/acts";
import type { Act } from "../../store/model";

/** An account with more changes than these is not new. */
export const mostChanges = 20;

/** Whether nobody has ever added a task to an account with these changes, be it that all were deleted since. */
export function isUntouched(changes: readonly Pick<Change, "entity">[]): boolean {
  return changes.every(({ entity }) => entity !== "task");
}

/** What is tried on the way through the app, in the order of the texts. */
export const steps = ["complete", "add", "find"] as const;

/** Adds tasks with these titles for a day. */
export function tour(titles: readonly string[], day: string): Act {
  return many(titles.map((title) => createTask(newId(), { title, due: { date: day } })));
}
