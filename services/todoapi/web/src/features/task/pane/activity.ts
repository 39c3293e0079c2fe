import type { Change, Task } from "../../../api/types";

/** One thing that happened to a task. */
export interface Entry {
  seq: number;
  at: string;
  verb: Verb;
  /** The fields that were changed, where that is what happened. */
  fields: readonly Field[];
  by: Change["by"];
}

export const verbs = ["created", "updated", "completed", "reopened", "deleted", "restored", "commented"] as const;
export type Verb = (typeof verbs)[number];

export const fields = ["title", "notes", "priority", "tags", "due", "recurrence", "reminders", "start", "deadline", "durationMinutes", "notify", "projectId", "sectionId", "parentId"] as const;
export type Field = (typeof fields)[number];

/** What changes tell of one task, the latest first. What only put it into another order is left out. */
export function entriesOf(changes: readonly Change[], taskId: string): Entry[] {
  return changes.flatMap((change) => entryOf(change, taskId) ?? []).reverse();
}

function entryOf(change: Change, taskId: string): Entry | null {
  const { seq, at, by, entity, id, type } = change;
  if (entity === "comment") return isComment(change.after, taskId) && type === "comment.created" ? { seq, at, by, verb: "commented", fields: [] } : null;
  if (entity !== "task" || id !== taskId) return null;
  const verb = verbs.find((known) => type === `task.${known}`) ?? "updated";
  const changed = verb === "updated" ? changedFields(change.before as Task | null | undefined, change.after as Task | null | undefined) : [];
  return verb === "updated" && changed.length === 0 ? null : { seq, at, by, verb, fields: changed };
}

function isComment(after: unknown, taskId: string): boolean {
  return typeof after === "object" && after !== null && "taskId" in after && after.taskId === taskId;
}

function changedFields(before: Task | null | undefined, after: Task | null | undefined): Field[] {
  if (!before || !after) return [];
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** Whether all that ever happened to a task is among these. */
export function isAll(entries: readonly Entry[]): boolean {
  return entries.some(({ verb }) => verb === "created");
}
