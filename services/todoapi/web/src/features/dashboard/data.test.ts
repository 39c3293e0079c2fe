import { expect, test } from "vitest";
import { Indexes } from "../../store/indexes";
import { taskOf } from "../../testing/factories";
import { byProject, donePerDay, labelStep, loadAhead, punctuality, weeks } from "./data";

const at = "2026-03-01T08:00:00Z";
const project = (id: string, archivedAt: string | null = null) => ({
  id, name: id, parentId: null, colour: "grey" as const, favourite: false, archivedAt, position: "", version: 1, createdAt: at, updatedAt: at,
});
const projects = new Map([project("home"), project("old", at), project("empty")].map((one) => [one.id, one]));
const indexes = new Indexes("Europe/Berlin");
indexes.follow(
  new Map(
    [
      taskOf({ id: "a", due: { date: "2026-03-04" } }),
      taskOf({ id: "b", due: { date: "2026-03-06" }, projectId: "home" }),
      taskOf({ id: "c", due: { date: "2026-03-06" }, projectId: "old" }),
      taskOf({ id: "d", due: { date: "2026-03-02" }, projectId: "home" }),
    ].map((task) => [task.id, task]),
  ),
);

test("days on which nothing was done are there, too", () => {
  expect(donePerDay([{ day: "2026-03-02", completed: 3 }], "2026-03-04", 3)).toEqual([
    { key: "2026-03-02", count: 3 },
    { key: "2026-03-03", count: 0 },
    { key: "2026-03-04", count: 0 },
  ]);
});

test("the load ahead leaves out archived projects", () => {
  expect(loadAhead(indexes, projects, "2026-03-04", 3).map(({ count }) => count)).toEqual([1, 0, 1]);
});

test("projects come by how much there is of them", () => {
  const done = [{ projectId: null, completed: 5 }, { projectId: "old", completed: 9 }];
  expect(byProject(indexes, projects, done, 5)).toEqual([
    { key: "inbox", open: 1, done: 5 },
    { key: "home", open: 2, done: 0 },
  ]);
});

test("a week is compared with the one before", () => {
  const counts = Array.from({ length: 30 }, (_, n) => ({ key: String(n), count: n < 23 ? 1 : 2 }));
  expect(weeks(counts)).toEqual({ last: 14, before: 7 });
});

test.each([
  [{ onTime: 0, late: 0 }, null],
  [{ onTime: 2, late: 1 }, 67],
])("of %o in time are %s per cent", (done, share) => expect(punctuality(done)).toBe(share));

test.each([
  { screen: "a phone", wide: 9, step: 7 },
  { screen: "a desktop", wide: 31, step: 2 },
  { screen: "a desktop with few days", wide: 66, step: 1 },
  { screen: "a phone with a quarter of a year", wide: 3, step: 28 },
])("labels of days do not touch on $screen", ({ wide, step }) => expect(labelStep(wide)).toBe(step));
