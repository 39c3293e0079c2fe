import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Task } from "../api/types";
import { taskOf } from "../testing/factories";
import { Indexes } from "./indexes";
import { countsOf, listOf, type ListOf } from "./lists";
import { type Kinds, nothing } from "./model";

const zone = "Europe/Berlin";
const now = new Date("2026-03-04T10:00:00Z"); // a Wednesday, 11:00 in Berlin

function projectOf(part: Partial<Kinds["projects"]> & { id: string }): Kinds["projects"] {
  const at = "2026-03-01T08:00:00Z";
  return { name: part.id, parentId: null, colour: "grey", favourite: false, archivedAt: null, position: "", version: 1, createdAt: at, updatedAt: at, ...part };
}

function sectionOf(id: string, projectId: string, position: string): Kinds["sections"] {
  return { id, projectId, name: id, position, version: 1, createdAt: "", updatedAt: "" };
}

function sourceOf(tasks: Task[], projects: Kinds["projects"][] = [], sections: Kinds["sections"][] = []) {
  const indexes = new Indexes(zone);
  indexes.follow(new Map(tasks.map((task) => [task.id, task])));
  const table = <Item extends { id: string }>(items: Item[]) => new Map(items.map((item) => [item.id, item]));
  return { projects: table(projects), sections: table(sections), indexes, now, folded: new Set<string>() };
}

function shown(list: ListOf, source: ReturnType<typeof sourceOf>): string[] {
  return listOf(list, source).map(({ key, rows }) => `${key}: ${rows.map(({ id, depth }) => "›".repeat(depth) + id).join(" ")}`.trim());
}

describe("lists", () => {
  test("the inbox has subtasks below their parents, in the order of people", () => {
    const tasks = [
      taskOf({ id: "b", position: "2" }),
      taskOf({ id: "a", position: "1" }),
      taskOf({ id: "a2", parentId: "a", position: "4" }),
      taskOf({ id: "a1", parentId: "a", position: "3" }),
      taskOf({ id: "done", completedAt: "2026-03-01T00:00:00Z" }),
      taskOf({ id: "elsewhere", projectId: "p" }),
    ];
    expect(shown({ kind: "inbox" }, sourceOf(tasks))).toEqual([": a ›a1 ›a2 b"]);
    expect(shown({ kind: "inbox" }, { ...sourceOf(tasks), folded: new Set(["a"]) })).toEqual([": a b"]);
  });

  test("a subtask whose parent is completed stands by itself", () => {
    const tasks = [taskOf({ id: "a", completedAt: "2026-03-01T00:00:00Z" }), taskOf({ id: "a1", parentId: "a" })];
    expect(shown({ kind: "inbox" }, sourceOf(tasks))).toEqual([": a1"]);
  });

  test("today tells what is overdue from what is now and what comes later", () => {
    const tasks = [
      taskOf({ id: "later", due: { date: "2026-03-04", time: "18:00" } }),
      taskOf({ id: "day", due: { date: "2026-03-04" } }),
      taskOf({ id: "past", due: { date: "2026-03-04", time: "09:00" } }),
      taskOf({ id: "yesterday", due: { date: "2026-03-03" } }),
      taskOf({ id: "tomorrow", due: { date: "2026-03-05" } }),
      taskOf({ id: "paused", due: { date: "2026-03-03" }, recurrence: { rule: "FREQ=DAILY", paused: true } }),
      taskOf({ id: "hidden", due: { date: "2026-03-04" }, projectId: "below" }),
    ];
    const projects = [projectOf({ id: "old", archivedAt: "2026-03-01T00:00:00Z" }), projectOf({ id: "below", parentId: "old" })];
    const source = sourceOf(tasks, projects);
    expect(shown({ kind: "today" }, source)).toEqual(["overdue: yesterday past", "now: day", "later: later"]);
    expect(countsOf(source)).toMatchObject({ today: 3, overdue: 2, inbox: 6 });
  });

  test("a day has what is due then on the clock of the person", () => {
    const tasks = [taskOf({ id: "tokyo", due: { date: "2026-03-06", time: "01:00", zone: "Asia/Tokyo" } }), taskOf({ id: "day", due: { date: "2026-03-06" } })];
    expect(shown({ kind: "upcoming", from: "2026-03-05", days: 2 }, sourceOf(tasks))).toEqual(["2026-03-05: tokyo", "2026-03-06: day"]);
  });

  test("a project has its sections in order, first what is in none", () => {
    const tasks = [taskOf({ id: "x", projectId: "p", sectionId: "s2" }), taskOf({ id: "y", projectId: "p" })];
    const source = sourceOf(tasks, [projectOf({ id: "p" })], [sectionOf("s2", "p", "2"), sectionOf("s1", "p", "1")]);
    expect(shown({ kind: "project", id: "p" }, source)).toEqual([": y", "s1:", "s2: x"]);
  });
});

const aTask = fc
  .record({
    id: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    projectId: fc.constantFrom(null, "p"),
    parentId: fc.constantFrom(null, "a"),
    position: fc.constantFrom("1", "2", "3"),
    priority: fc.constantFrom(1 as const, 4 as const),
    completedAt: fc.constantFrom(null, "2026-03-01T00:00:00Z"),
    tags: fc.subarray(["x", "y"]),
    due: fc.constantFrom(null, { date: "2026-03-04" }, { date: "2026-03-04", time: "12:00" }),
  })
  .map(taskOf);

test("indexes that follow changes are those that are made anew", () => {
  fc.assert(
    fc.property(fc.array(fc.array(aTask, { maxLength: 6 }), { maxLength: 8 }), (states) => {
      const followed = new Indexes(zone);
      for (const state of states) {
        const tasks: typeof nothing.tasks = new Map(state.map((task) => [task.id, task]));
        followed.follow(tasks);
        const fresh = new Indexes(zone);
        fresh.follow(tasks);
        for (const index of ["byProject", "byParent", "byTag", "byDay"] as const) {
          const all = (from: Indexes) => [...from[index].keys()].sort().map((key) => [key, from[index].get(key).map(({ id }) => id)]);
          expect(all(followed)).toEqual(all(fresh));
        }
      }
    }),
  );
});
