import type { Task } from "../../api/types";
import type { Board } from "./api";
import { dayOf, dueDay, dueInstant, isOverdue } from "../../time/due";

export type GroupName = "overdue" | "today" | "upcoming" | "someday";

export interface Group {
  name: GroupName;
  title: string;
  tasks: Task[];
}

const titles: Record<GroupName, string> = {
  overdue: "Overdue",
  today: "Today",
  upcoming: "Upcoming",
  someday: "No date",
};

/** The open tasks by nearness of their due date, without empty groups. */
export function groupOpen(board: Board, now: Date, zone: string): Group[] {
  const today = dayOf(now, zone);
  const groups: Record<GroupName, Task[]> = { overdue: [], today: [], upcoming: [], someday: [] };
  for (const task of board.values()) {
    if (task.completedAt === null) groups[groupOf(task, now, today, zone)].push(task);
  }
  return (Object.keys(titles) as GroupName[])
    .map((name) => ({ name, title: titles[name], tasks: inOrder(groups[name], zone) }))
    .filter((group) => group.tasks.length > 0);
}

/** The completed tasks, the latest first. */
export function listCompleted(board: Board): Task[] {
  return [...board.values()]
    .filter((task) => task.completedAt !== null)
    .sort((a, b) => compare(b.completedAt ?? "", a.completedAt ?? "") || compare(a.id, b.id));
}

function groupOf(task: Task, now: Date, today: string, zone: string): GroupName {
  if (!task.due) return "someday";
  if (isOverdue(task.due, now, zone)) return "overdue";
  return dueDay(task.due, zone) === today ? "today" : "upcoming";
}

/** Day, then priority among whole days and times alike, then time, then age: ids grow with time. */
function inOrder(tasks: Task[], zone: string): Task[] {
  return tasks
    .map((task) => ({ task, day: task.due ? dueDay(task.due, zone) : "", at: moment(task, zone) }))
    .sort(
      (a, b) =>
        compare(a.day, b.day) ||
        a.task.priority - b.task.priority ||
        compare(a.at, b.at) ||
        compare(a.task.id, b.task.id),
    )
    .map(({ task }) => task);
}

/** A whole day sorts after the times on it. */
function moment(task: Task, zone: string): number {
  const instant = task.due ? dueInstant(task.due, zone) : null;
  return instant?.getTime() ?? Number.POSITIVE_INFINITY;
}

function compare<Value extends string | number>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
