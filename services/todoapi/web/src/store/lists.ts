import type { Task } from "../api/types";
import { addDays, dayOf, dueInstant } from "../time/due";
import { type Indexes, inbox, isDue } from "./indexes";
import type { Entities, Kinds } from "./model";
import { byPosition, compare } from "./order";

/** What people look at. */
export type ListOf =
  | { kind: "inbox" }
  | { kind: "today" }
  | { kind: "upcoming"; from: string; days: number }
  | { kind: "project"; id: string }
  | { kind: "tag"; name: string };

/** A task in a list, and how deep below others of the list it stands. */
export interface Row {
  id: string;
  depth: number;
  /** How many open tasks are directly below it. */
  children: number;
}

/** Tasks that stand together: key is "overdue", "now", "later", a day, the id of a section, or "" for all. */
export interface Group {
  key: string;
  rows: readonly Row[];
}

/** What lists are made of. */
export interface Source extends Pick<Entities, "projects" | "sections"> {
  indexes: Indexes;
  now: Date;
  /** Tasks whose subtasks are folded away. */
  folded: ReadonlySet<string>;
}

export function listOf(list: ListOf, source: Source): readonly Group[] {
  switch (list.kind) {
    case "inbox":
      return [{ key: "", rows: tree(source.indexes.byProject.get(inbox), source) }];
    case "project":
      return inSections(list.id, source);
    case "tag":
      return [{ key: "", rows: flat(source.indexes.byTag.get(list.name), source) }];
    case "today":
      return today(source);
    case "upcoming":
      return upcoming(list.from, list.days, source);
  }
}

/** Projects that are archived, and all below them. */
export function hiddenProjects(projects: Entities["projects"]): ReadonlySet<string> {
  const hidden = new Set<string>();
  for (const { id } of projects.values()) {
    for (let up = projects.get(id), steps = 0; up && steps <= projects.size; up = projects.get(up.parentId ?? ""), steps += 1) {
      if (up.archivedAt !== null) hidden.add(id);
    }
  }
  return hidden;
}

function today(source: Source): readonly Group[] {
  const { indexes, now } = source;
  const day = dayOf(now, indexes.zone);
  const past = [...indexes.byDay.keys()].filter((key) => key < day).sort();
  const due = indexes.byDay.get(day);
  const isLate = (task: Task) => task.due !== null && (dueInstant(task.due, indexes.zone) ?? now) < now;
  const isLater = (task: Task) => task.due !== null && (dueInstant(task.due, indexes.zone) ?? now) > now;
  return [
    { key: "overdue", rows: flat([...past.flatMap((key) => indexes.byDay.get(key)), ...due.filter(isLate)], source) },
    { key: "now", rows: flat(due.filter((task) => !isLate(task) && !isLater(task)), source) },
    { key: "later", rows: flat(due.filter(isLater), source) },
  ].filter(({ rows }) => rows.length > 0);
}

function upcoming(from: string, days: number, source: Source): readonly Group[] {
  return Array.from({ length: days }, (_, n) => addDays(from, n)).map((key) => ({ key, rows: flat(source.indexes.byDay.get(key), source) }));
}

function inSections(id: string, source: Source): readonly Group[] {
  const tasks = source.indexes.byProject.get(id);
  const sections = [...source.sections.values()].filter(({ projectId }) => projectId === id).sort(byPosition);
  return ["", ...sections.map((section) => section.id)].map((key) => ({
    key,
    rows: tree(tasks.filter(({ sectionId }) => (sectionId ?? "") === key), source),
  }));
}

/** Tasks with those below them, which stand there already in their order. */
function tree(tasks: readonly Task[], { indexes, folded }: Source): readonly Row[] {
  // Most lists have no subtasks, and there may be ten thousand tasks.
  let ids: ReadonlySet<string> | undefined;
  const isHere = (id: string) => (ids ??= new Set(tasks.map((task) => task.id))).has(id);
  const rows: Row[] = [];
  const walk = (task: Task, depth: number): void => {
    const children = indexes.byParent.get(task.id);
    const below = children.length === 0 ? children : children.filter(({ id }) => isHere(id));
    rows.push({ id: task.id, depth, children: below.length });
    if (!folded.has(task.id)) for (const child of below) walk(child, depth + 1);
  };
  for (const task of tasks) if (task.parentId === null || !isHere(task.parentId)) walk(task, 0);
  return rows;
}

/** Tasks of all places, without those of archived projects. */
function flat(tasks: readonly Task[], { projects, indexes }: Source): readonly Row[] {
  const hidden = hiddenProjects(projects);
  return tasks
    .filter(({ projectId }) => projectId === null || !hidden.has(projectId))
    .map(({ id }) => ({ id, depth: 0, children: indexes.byParent.get(id).filter(({ completedAt }) => completedAt === null).length }));
}

/** How many open tasks there are, as GET /counts has it. */
export interface Counts {
  inbox: number;
  today: number;
  overdue: number;
  projects: ReadonlyMap<string, number>;
  tags: ReadonlyMap<string, number>;
}

export function countsOf({ projects, indexes, now }: Omit<Source, "folded">): Counts {
  const hidden = hiddenProjects(projects);
  const shown = (tasks: readonly Task[]) => tasks.filter(({ projectId }) => projectId === null || !hidden.has(projectId)).length;
  const day = dayOf(now, indexes.zone);
  const counted = (keys: Iterable<string>, count: (key: string) => number) => new Map([...keys].map((key) => [key, count(key)]));
  const late = indexes.byDay.get(day).filter((task) => isDue(task) && (dueInstant(task.due, indexes.zone) ?? now) < now);
  return {
    inbox: indexes.byProject.get(inbox).length,
    today: shown(indexes.byDay.get(day)),
    overdue: shown(late) + [...indexes.byDay.keys()].filter((key) => key < day).reduce((sum, key) => sum + shown(indexes.byDay.get(key)), 0),
    projects: counted(indexes.byProject.keys(), (key) => indexes.byProject.get(key).length),
    tags: counted(indexes.byTag.keys(), (key) => shown(indexes.byTag.get(key))),
  };
}

type Comment = Kinds["comments"];

const byTask = new WeakMap<Entities["comments"], ReadonlyMap<string, readonly Comment[]>>();
const silence: readonly Comment[] = [];

/** The comments on a task, the oldest first: sorted once for each state of the table. */
export function commentsOn(comments: Entities["comments"], taskId: string): readonly Comment[] {
  const sorted = byTask.get(comments) ?? sortedByTask(comments);
  byTask.set(comments, sorted);
  return sorted.get(taskId) ?? silence;
}

function sortedByTask(comments: Entities["comments"]): Map<string, Comment[]> {
  const sorted = new Map<string, Comment[]>();
  for (const comment of [...comments.values()].sort((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id))) {
    const those = sorted.get(comment.taskId);
    if (those) those.push(comment);
    else sorted.set(comment.taskId, [comment]);
  }
  return sorted;
}
