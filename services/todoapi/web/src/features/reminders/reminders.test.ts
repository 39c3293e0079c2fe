import { describe, expect, test } from "vitest";
import type { Task } from "../../api/types";
import { completeTask, createTask, quickAdd, undo } from "../../store/acts";
import { taskOf } from "../../testing/factories";
import { answerOf, hasRoom, isAnswered, setsReminder, snoozed, snoozedUntil } from "./reminders";

const now = new Date("2026-03-28T20:00:00Z");
const past = { id: "past", at: "2026-03-28T19:59:00Z" };
const ahead = { id: "ahead", at: "2026-03-28T20:01:00Z" };
const before = { id: "before", minutesBefore: 30 };

const cake = (fields: Partial<Task> = {}) => taskOf({ id: "cake", title: "Cake", due: { date: "2026-03-28", time: "21:00" }, reminders: [past, ahead, before], ...fields });
const rule: NonNullable<Task["recurrence"]> = { rule: "FREQ=DAILY", anchor: "schedule", paused: false };

describe("a reminder is put off", () => {
  test.each([
    ["tenMinutes", "2026-03-28T20:10:00.000Z"],
    ["hour", "2026-03-28T21:00:00.000Z"],
    // The night has an hour less in Berlin.
    ["tomorrow", "2026-03-29T06:30:00.000Z"],
  ] as const)("by %s until %s", (snooze, until) => {
    expect(snoozedUntil(snooze, now, { zone: "Europe/Berlin", dayStart: "08:30" }).toISOString()).toBe(until);
  });

  test("by one more reminder, without those that are past", () => {
    expect(snoozed(cake(), new Date("2026-03-28T20:10:00Z"), now)).toEqual({
      kind: "commands",
      commands: [{ name: "task.update", id: "cake", fields: { reminders: [ahead, before, { at: "2026-03-28T20:10:00.000Z" }] }, was: { reminders: [past, ahead, before] } }],
    });
  });

  test("this time alone where the task repeats", () => {
    expect(snoozed(cake({ recurrence: rule }), now, now)).toMatchObject({ commands: [{ name: "task.update_occurrence" }] });
  });

  test("as long as there is room, which past ones do not take", () => {
    const twenty = (one: object) => cake({ reminders: Array.from({ length: 20 }, (_, n) => ({ id: String(n), ...one })) });
    expect([twenty({ at: past.at }), twenty({ at: ahead.at }), twenty({ minutesBefore: 5 })].map((task) => hasRoom(task, now))).toEqual([true, false, false]);
  });
});

describe("a reminder that was shown is answered", () => {
  const answer = answerOf(cake());
  test.each<[string, Task | undefined, boolean]>([
    ["not by itself", cake(), false],
    ["not by another title", cake({ title: "Bread" }), false],
    ["not by the server's way to write moments", cake({ reminders: [{ at: "2026-03-28T19:59:00.000Z" }, { at: "2026-03-28T20:01:00.000Z" }, { minutesBefore: 30 }] }), false],
    ["once the task is completed", cake({ completedAt: now.toISOString() }), true],
    ["once the task is gone", undefined, true],
    ["once it was put off elsewhere", cake({ reminders: [ahead, before, { at: "2026-03-28T20:10:00Z" }] }), true],
    ["once the task is due at another time", cake({ due: { date: "2026-03-29" } }), true],
  ])("%s", (_name, task, answered) => {
    expect(isAnswered(task, answer)).toBe(answered);
  });
});

const lines = (text: string) => quickAdd({ text, now: now.toISOString(), zone: "Europe/Berlin", locale: "en" });

test.each([
  [createTask("a", { title: "a", reminders: [{ minutesBefore: 5 }] }), true],
  [createTask("a", { title: "a", reminders: [] }), false],
  [createTask("a", { title: "a" }), false],
  [completeTask("a"), false],
  [undo("a"), false],
  [lines("Milk tomorrow !10m"), true],
  [lines("Milk! tomorrow"), false],
])("whether an act sets a reminder: %j", (act, sets) => {
  expect(setsReminder(act)).toBe(sets);
});
