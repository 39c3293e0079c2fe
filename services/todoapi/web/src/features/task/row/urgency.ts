import type { Task } from "../../../api/types";
import { dayOf, dueDay, isOverdue, type Viewer } from "../../../time/due";

/** How near a due date is, for its colour. */
export type Urgency = "overdue" | "today" | "tomorrow" | "later";

export function urgencyOf({ due, completedAt, recurrence }: Pick<Task, "due" | "completedAt" | "recurrence">, { now, zone }: Viewer): Urgency {
  if (!due || completedAt !== null || recurrence?.paused) return "later";
  if (isOverdue(due, now, zone)) return "overdue";
  const today = dayOf(now, zone);
  const day = dueDay(due, zone);
  if (day === today) return "today";
  return day === dayOf(new Date(now.getTime() + 86_400_000), zone) ? "tomorrow" : "later";
}

/** Whether the day by which a task must be done has come. */
export function deadlineComes({ deadline, completedAt }: Pick<Task, "deadline" | "completedAt">, { now, zone }: Viewer): boolean {
  return deadline !== null && completedAt === null && deadline <= dayOf(now, zone);
}
