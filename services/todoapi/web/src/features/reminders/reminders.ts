import type { Task, TaskReminder } from "../../api/types";
import { updateOccurrence, updateTask } from "../../store/acts";
import type { Act } from "../../store/model";
import { addDays, dayOf, instantOf } from "../../time/due";

/** How long a reminder is put off. */
export type Snooze = "tenMinutes" | "hour" | "tomorrow";

export const snoozes: readonly Snooze[] = ["tenMinutes", "hour", "tomorrow"];

/** The most reminders that a task can have. */
const mostReminders = 20;

interface Morning {
  zone: string;
  /** When the person's day begins, as HH:MM. */
  dayStart: string;
}

/** When a reminder comes that is put off now. */
export function snoozedUntil(snooze: Snooze, now: Date, { zone, dayStart }: Morning): Date {
  switch (snooze) {
    case "tenMinutes":
      return new Date(now.getTime() + 10 * 60_000);
    case "hour":
      return new Date(now.getTime() + 60 * 60_000);
    case "tomorrow":
      return instantOf(addDays(dayOf(now, zone), 1), dayStart, zone);
  }
}

/** The reminders that are still of use: moments that are past never come again. */
function leftOf(reminders: readonly TaskReminder[], now: Date): TaskReminder[] {
  return reminders.filter(({ at }) => at === undefined || new Date(at) > now);
}

/** Whether a task can be reminded of once more. */
export function hasRoom({ reminders }: Task, now: Date): boolean {
  return leftOf(reminders, now).length < mostReminders;
}

/** Has a task be reminded of at a moment, this time alone where it repeats. */
export function snoozed(task: Task, until: Date, now: Date): Act {
  const update = task.recurrence ? updateOccurrence : updateTask;
  return update(task, { reminders: [...leftOf(task.reminders, now), { at: until.toISOString() }] });
}

/** What a person can have changed of a task because it was reminded of: it differs once they have. */
export function answerOf({ due, reminders }: Task): string {
  // One that was just set has no id yet, and the server may write its moment in another way.
  return JSON.stringify([due, reminders.map(({ at, minutesBefore }) => (at === undefined ? { minutesBefore } : { at: Date.parse(at) }))]);
}

/** Whether nothing is left to be done about a reminder of a task that came when its answer was that. */
export function isAnswered(task: Task | undefined, answer: string): boolean {
  return task?.completedAt !== null || answerOf(task) !== answer;
}

/** Whether an act sets a reminder. Of a line that the server is to read it is enough that there is the sign of one. */
export function setsReminder(act: Act): boolean {
  if (act.kind === "lines") return /(^|\s)!\S/.test(act.lines.text);
  return act.kind === "commands" && act.commands.some(({ fields: { reminders } = {} }) => Array.isArray(reminders) && reminders.length > 0);
}
