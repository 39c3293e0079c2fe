import type * as Api from "../../api/generated/types.gen.ts";
import { type Indexes, inbox } from "../../store/indexes";
import { hiddenProjects } from "../../store/lists";
import type { Entities } from "../../store/model";
import { addDays } from "../../time/due";

/** A number beside what it counts: a day, or the id of a project. */
export interface Count {
  key: string;
  count: number;
}

/** How many tasks were completed on each of the days up to today, the first first. */
export function donePerDay(done: Api.Statistics["days"], today: string, days: number): Count[] {
  const byDay = new Map(done.map(({ day, completed }) => [day, completed]));
  return daysUpTo(today, days).map((key) => ({ key, count: byDay.get(key) ?? 0 }));
}

function daysUpTo(today: string, days: number): string[] {
  return Array.from({ length: days }, (_, n) => addDays(today, n + 1 - days));
}

/** How many open tasks are due on each of the days from today on. */
export function loadAhead(indexes: Indexes, projects: Entities["projects"], today: string, days: number): Count[] {
  const isShown = shownIn(projects);
  return Array.from({ length: days }, (_, n) => addDays(today, n)).map((key) => ({ key, count: indexes.byDay.get(key).filter(isShown).length }));
}

function shownIn(projects: Entities["projects"]): (task: { projectId: string | null }) => boolean {
  const hidden = hiddenProjects(projects);
  return ({ projectId }) => projectId === null || !hidden.has(projectId);
}

/** Open and completed tasks of a project; the inbox is one, under the key inbox. */
export interface ProjectCount {
  key: string;
  open: number;
  done: number;
}

/** The projects in which most is open or was done. Archived ones and those without either are left out. */
export function byProject(indexes: Indexes, projects: Entities["projects"], done: Api.Statistics["projects"], most: number): ProjectCount[] {
  const hidden = hiddenProjects(projects);
  const completed = new Map(done.map(({ projectId, completed: count }) => [projectId ?? inbox, count]));
  return [inbox, ...projects.keys()]
    .filter((key) => !hidden.has(key))
    .map((key) => ({ key, open: indexes.byProject.get(key).length, done: completed.get(key) ?? 0 }))
    .filter(({ open, done: count }) => open + count > 0)
    .sort((a, b) => b.open + b.done - (a.open + a.done))
    .slice(0, most);
}

/** What was done in the last seven days, and in the seven before them. */
export function weeks(done: readonly Count[]): { last: number; before: number } {
  const sum = (counts: readonly Count[]) => counts.reduce((total, { count }) => total + count, 0);
  return { last: sum(done.slice(-7)), before: sum(done.slice(-14, -7)) };
}

/** The share of tasks that were completed in time, in per cent; null when none was due. */
export function punctuality({ onTime, late }: Pick<Api.Statistics, "onTime" | "late">): number | null {
  return onTime + late === 0 ? null : Math.round((100 * onTime) / (onTime + late));
}

/** Every how many bars of a chart one has its name written below, so that they do not touch; wide is a bar with its gap, in pixels. */
export function labelStep(wide: number): number {
  const room = 56;
  return [1, 2, 3, 7, 14].find((step) => step * wide >= room) ?? 28;
}
