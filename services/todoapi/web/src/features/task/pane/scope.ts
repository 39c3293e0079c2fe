import type { Task } from "../../../api/types";
import * as acts from "../../../store/acts";
import type { Act } from "../../../store/model";

/** What an edit of a recurring task is for. */
export type Scope = "occurrence" | "series";

/** Fields that are of the whole series, whatever an edit is for. */
const ofSeries: readonly (keyof acts.TaskFields)[] = ["recurrence", "projectId", "sectionId", "parentId"];

export function editOf(task: Task, fields: acts.TaskFields, scope: Scope): Act {
  if (!task.recurrence || Object.keys(fields).some((field) => ofSeries.includes(field as keyof acts.TaskFields))) return acts.updateTask(task, fields);
  return scope === "occurrence" ? acts.updateOccurrence(task, fields) : acts.updateSeries(task, fields);
}
