import { describe, expect, test } from "vitest";
import type { Kinds } from "../../store/model";
import { type Branch, treeOf } from "./tree";

function project(id: string, part: Partial<Kinds["projects"]> = {}): [string, Kinds["projects"]] {
  return [id, { id, name: id, colour: "grey", favourite: false, parentId: null, position: id, archivedAt: null, createdAt: "", updatedAt: "", version: 1, ...part }];
}

/** A tree as nested names. */
const names = (tree: readonly Branch[]): unknown[] => tree.map(({ project, below }) => (below.length === 0 ? project.id : [project.id, names(below)]));

describe("treeOf", () => {
  test("puts projects below their parents, in their order", () => {
    const projects = new Map([project("c", { parentId: "b" }), project("b"), project("a"), project("d", { parentId: "c" })]);
    expect(names(treeOf(projects))).toEqual(["a", ["b", [["c", ["d"]]]]]);
  });

  test("leaves out what is archived, and lifts what was below it", () => {
    const projects = new Map([project("a", { archivedAt: "2026-01-01T00:00:00Z" }), project("b", { parentId: "a" })]);
    expect(names(treeOf(projects))).toEqual(["b"]);
  });

  test("shows a project whose parent has not come yet", () => {
    expect(names(treeOf(new Map([project("a", { parentId: "unknown" })])))).toEqual(["a"]);
  });
});
