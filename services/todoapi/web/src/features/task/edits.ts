import type { Due, Priority, Task } from "../../api/types";
import * as acts from "../../store/acts";
import type { Act } from "../../store/model";

/** What is done to several tasks at once, as few acts as may be. */

/** The most commands that the server takes at once. */
const mostCommands = 500;

/** Joins acts, so that they can be undone as one where the server takes them as one. */
export function joined(parts: readonly Act[]): Act[] {
  const bundles: Act[][] = [];
  let size = mostCommands;
  for (const act of parts) {
    const commands = act.kind === "commands" ? act.commands.length : mostCommands;
    if (size + commands > mostCommands) {
      bundles.push([]);
      size = 0;
    }
    bundles.at(-1)?.push(act);
    size += commands;
  }
  return bundles.map(([first, ...more]) => (first && more.length === 0 ? first : acts.many(first ? [first, ...more] : more)));
}

/** Only what is due can repeat, or remind before it is due. */
export function withoutDue(task: Task): acts.TaskFields {
  return {
    due: null,
    ...(task.recurrence && { recurrence: null }),
    ...(task.reminders.some(isRelative) && { reminders: task.reminders.filter((reminder) => !isRelative(reminder)) }),
  };
}

function isRelative({ minutesBefore }: Task["reminders"][number]): boolean {
  return minutesBefore !== undefined;
}

/** A due date as a merge patch (RFC 7386): a member that is dropped must be named. */
export function duePatch(before: Due | null, after: Due): Due {
  const dropped = (["time", "zone"] as const).filter((name) => before?.[name] && !after[name]);
  return { ...after, ...Object.fromEntries(dropped.map((name) => [name, null])) };
}

/** Puts a task on another day, at the same time of that day; null takes the date from it. */
export function onDay(task: Task, day: string | null): Act {
  return acts.updateTask(task, day === null ? withoutDue(task) : { due: { ...task.due, date: day } });
}

export function withPriority(task: Task, priority: Priority): Act {
  return acts.updateTask(task, { priority });
}

export function withTag(task: Task, tag: string): Act {
  return acts.updateTask(task, { tags: [...task.tags, tag] });
}

export function withoutTag(task: Task, tag: string): Act {
  return acts.updateTask(task, { tags: task.tags.filter((name) => !alike(name, tag)) });
}

export function hasTag({ tags }: Task, tag: string): boolean {
  return tags.some((name) => alike(name, tag));
}

function alike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Those of some tasks that are not below another one of them: what happens to that one happens to them. */
export function tops(tasks: ReadonlyMap<string, Task>, ids: readonly string[]): string[] {
  const chosen = new Set(ids);
  return ids.filter((id) => {
    for (let up = tasks.get(id)?.parentId, steps = 0; up && steps < 10; up = tasks.get(up)?.parentId, steps += 1) {
      if (chosen.has(up)) return false;
    }
    return true;
  });
}

/** A copy of a task with all that is below it, beside the one that it was made of. newId names the copies. */
export function duplicate(branch: readonly Task[], newId: () => string): Act {
  const copies = new Map(branch.map(({ id }) => [id, newId()]));
  const created = branch.map((task) => {
    const { title, notes, priority, tags, due, recurrence, start, deadline, durationMinutes, projectId, sectionId, parentId } = task;
    const reminders = task.reminders.map(({ at, minutesBefore }) => ({ ...(at !== undefined && { at }), ...(minutesBefore !== undefined && { minutesBefore }) }));
    return acts.createTask(copies.get(task.id) ?? newId(), {
      title, notes, priority, tags, due, recurrence, reminders, start, deadline, durationMinutes, projectId, sectionId,
      ...(task.notify && { notify: task.notify }),
      parentId: parentId === null ? null : (copies.get(parentId) ?? parentId),
    });
  });
  const [top] = branch;
  const copy = top && copies.get(top.id);
  return acts.many(top && copy ? [...created, acts.moveTask(copy, { after: top.id })] : created);
}
