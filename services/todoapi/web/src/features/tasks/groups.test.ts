import { expect, test } from "vitest";
import { taskOf } from "../../testing/factories";
import { groupOpen, listCompleted } from "./groups";

const zone = "Europe/Berlin";
const now = new Date("2026-03-11T12:00:00Z");

function grouped(tasks: Parameters<typeof taskOf>[0][]): Record<string, string[]> {
  const groups = groupOpen(new Map(tasks.map((part) => [part.id, taskOf(part)])), now, zone);
  return Object.fromEntries(groups.map(({ name, tasks: members }) => [name, members.map(({ id }) => id)]));
}

test("open tasks fall into groups by due date, and completed ones into none", () => {
  expect(
    grouped([
      { id: "someday" },
      { id: "next week", due: { date: "2026-03-18" } },
      { id: "this evening", due: { date: "2026-03-11", time: "20:00", zone } },
      { id: "this morning", due: { date: "2026-03-11", time: "08:00", zone } },
      { id: "all day", due: { date: "2026-03-11" } },
      { id: "done", due: { date: "2026-03-11" }, completedAt: "2026-03-11T09:00:00Z" },
    ]),
  ).toEqual({
    overdue: ["this morning"],
    today: ["this evening", "all day"],
    upcoming: ["next week"],
    someday: ["someday"],
  });
});

test("empty groups are left out", () => {
  expect(grouped([])).toEqual({});
});

test("within a group come first the nearer day, the higher priority, the earlier time, the older task", () => {
  expect(
    grouped([
      { id: "e", due: { date: "2026-03-20" }, priority: 1 },
      { id: "d", due: { date: "2026-03-13" } },
      { id: "c", due: { date: "2026-03-13" } },
      { id: "b", due: { date: "2026-03-13", time: "09:00", zone } },
      { id: "a", due: { date: "2026-03-13" }, priority: 2 },
    ]).upcoming,
  ).toEqual(["a", "b", "c", "d", "e"]);
});

test("of the completed tasks the latest comes first", () => {
  const tasks = [
    taskOf({ id: "open" }),
    taskOf({ id: "monday", completedAt: "2026-03-09T09:00:00Z" }),
    taskOf({ id: "tuesday", completedAt: "2026-03-10T09:00:00Z" }),
  ];
  expect(listCompleted(new Map(tasks.map((task) => [task.id, task]))).map(({ id }) => id)).toEqual(["tuesday", "monday"]);
});
