import { describe, expect, test } from "vitest";
import type { TaskGroup } from "./items";
import { dropped, fitting, indented, lowered, outdented, raised } from "./moves";

/** Groups from lines: "b" or, two levels down, "››b". */
function groupsOf(...groups: string[]): TaskGroup[] {
  return groups.map((lines, at) => ({
    key: `g${at}`,
    rows: lines.split(" ").filter(Boolean).map((line) => ({ id: line.replaceAll("›", ""), depth: line.split("›").length - 1, children: 0 })),
    place: { projectId: "p", sectionId: `g${at}` },
  }));
}

describe("by keys", () => {
  const groups = groupsOf("a ›b ››c d", "", "e");

  test.each([
    { id: "d", to: { parentId: "a" } },
    { id: "b", to: null },
    { id: "a", to: null },
    { id: "e", to: null },
  ])("$id indented goes to $to", ({ id, to }) => expect(indented(groups, id)).toEqual(to));

  test("nothing is indented below the fifth level", () => {
    expect(indented(groupsOf("a ›b ››c ›››d ››››e ››››f"), "f")).toBeNull();
  });

  test.each([
    { id: "c", to: { after: "b" } },
    { id: "b", to: { after: "a" } },
    { id: "a", to: null },
  ])("$id outdented goes to $to", ({ id, to }) => expect(outdented(groups, id)).toEqual(to));

  test.each([
    { id: "d", to: { before: "a" } },
    { id: "b", to: null },
    { id: "a", to: null },
    { id: "e", to: { projectId: "p", sectionId: "g1" } },
  ])("$id raised goes to $to", ({ id, to }) => expect(raised(groups, id)).toEqual(to));

  test.each([
    { id: "a", to: { after: "d" } },
    { id: "d", to: { projectId: "p", sectionId: "g1" } },
    { id: "c", to: null },
    { id: "e", to: null },
  ])("$id lowered goes to $to", ({ id, to }) => expect(lowered(groups, id)).toEqual(to));

  test("lowered from the end of a group it is the first of the next", () => {
    expect(lowered(groupsOf("a", "b"), "a")).toEqual({ before: "b" });
  });
});

describe("let go in a gap", () => {
  const [group] = groupsOf("a ›b ››c d");
  if (!group) throw new Error("no group");

  test.each([
    { at: 0, depth: 3, to: { before: "a" } },
    { at: 1, depth: 0, to: { before: "b" } },
    { at: 3, depth: 0, to: { after: "a" } },
    { at: 3, depth: 1, to: { after: "b" } },
    { at: 3, depth: 2, to: { after: "c" } },
    { at: 3, depth: 9, to: { parentId: "c" } },
    { at: 4, depth: 0, to: { after: "d" } },
    { at: 4, depth: 1, to: { parentId: "d" } },
  ])("$at at level $depth it goes to $to", ({ at, depth, to }) => expect(dropped(group, { at, depth })).toEqual(to));

  test("of a group without rows it goes there", () => {
    expect(dropped({ ...group, rows: [] }, { at: 0, depth: 0 })).toEqual({ projectId: "p", sectionId: "g0" });
  });

  test("the level is what is possible there", () => {
    expect(fitting(group.rows, { at: 2, depth: 0 })).toEqual({ at: 2, depth: 2 });
    expect(fitting(group.rows, { at: 1, depth: 5 })).toEqual({ at: 1, depth: 1 });
  });
});
