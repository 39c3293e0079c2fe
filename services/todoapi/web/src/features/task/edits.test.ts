import { describe, expect, test } from "vitest";
import * as acts from "../../store/acts";
import { taskOf } from "../../testing/factories";
import { duePatch, duplicate, joined, onDay, tops, withoutDue, withoutTag } from "./edits";

describe("acts on many tasks", () => {
  test("are one act as long as the server takes them", () => {
    const parts = Array.from({ length: 1200 }, (_, n) => acts.completeTask(String(n)));
    expect(joined(parts).map((act) => act.kind === "commands" && act.commands.length)).toEqual([500, 500, 200]);
    expect(joined([])).toEqual([]);
  });

  test("leave apart what is no command", () => {
    expect(joined([acts.completeTask("a"), acts.skipTask("b"), acts.completeTask("c")]).map(({ kind }) => kind)).toEqual(["commands", "step", "commands"]);
  });

  test("are about the topmost: what is below goes with it", () => {
    const tasks = new Map([taskOf({ id: "a" }), taskOf({ id: "b", parentId: "a" }), taskOf({ id: "c", parentId: "b" })].map((task) => [task.id, task]));
    expect(tops(tasks, ["a", "c"])).toEqual(["a"]);
    expect(tops(tasks, ["c", "b"])).toEqual(["b"]);
  });
});

describe("a due date", () => {
  test("on another day keeps its time and zone", () => {
    const task = taskOf({ id: "a", due: { date: "2026-03-01", time: "09:00", zone: "Asia/Tokyo" } });
    expect(onDay(task, "2026-03-05")).toMatchObject({ commands: [{ fields: { due: { date: "2026-03-05", time: "09:00", zone: "Asia/Tokyo" } } }] });
  });

  test("that goes takes with it what counts from it", () => {
    const task = taskOf({ id: "a", due: { date: "2026-03-01" }, recurrence: { rule: "FREQ=DAILY" }, reminders: [{ minutesBefore: 5 }, { at: "2026-03-01T08:00:00Z" }] });
    expect(withoutDue(task)).toEqual({ due: null, recurrence: null, reminders: [{ at: "2026-03-01T08:00:00Z" }] });
    expect(withoutDue(taskOf({ id: "b" }))).toEqual({ due: null });
  });

  test("names the members that are dropped", () => {
    expect(duePatch({ date: "2026-03-01", time: "09:00", zone: "Asia/Tokyo" }, { date: "2026-03-01" })).toEqual({ date: "2026-03-01", time: null, zone: null });
    expect(duePatch(null, { date: "2026-03-01", time: "09:00" })).toEqual({ date: "2026-03-01", time: "09:00" });
  });
});

test("a tag goes in whatever case it is written", () => {
  expect(withoutTag(taskOf({ id: "a", tags: ["Home", "work"] }), "home")).toMatchObject({ commands: [{ fields: { tags: ["work"] } }] });
});

test("a copy has the subtasks below it and stands after what it was made of", () => {
  let made = 0;
  const act = duplicate([taskOf({ id: "a", title: "Trip" }), taskOf({ id: "b", parentId: "a", reminders: [{ id: "r", at: "2026-03-01T08:00:00Z" }], notify: [] })], () => `copy${(made += 1)}`);
  expect(act).toMatchObject({
    commands: [
      { name: "task.create", id: "copy1", fields: { title: "Trip", parentId: null } },
      { name: "task.create", id: "copy2", fields: { parentId: "copy1", reminders: [{ at: "2026-03-01T08:00:00Z" }], notify: [] } },
      { name: "task.move", id: "copy1", fields: { after: "a" } },
    ],
  });
});
