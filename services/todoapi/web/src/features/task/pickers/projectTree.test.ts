import { expect, test } from "vitest";
import type { Kinds } from "../../../store/model";
import { projectTree } from "./projectTree";

const at = { version: 1, createdAt: "", updatedAt: "" };

function project(id: string, position: string, part: Partial<Kinds["projects"]> = {}): Kinds["projects"] {
  return { ...at, id, name: id, position, parentId: null, colour: "blue", favourite: false, archivedAt: null, ...part };
}

function table<Item extends { id: string }>(...items: Item[]) {
  return new Map(items.map((item) => [item.id, item]));
}

test("projects stand in their order, with their sections first and what is below them last", () => {
  const projects = table(project("work", "2"), project("home", "1"), project("garden", "1", { parentId: "home" }), project("old", "0", { archivedAt: "2026-01-01T00:00:00Z" }), project("older", "0", { parentId: "old" }));
  const sections = table({ ...at, id: "s2", name: "later", projectId: "home", position: "2" }, { ...at, id: "s1", name: "now", projectId: "home", position: "1" });
  expect(projectTree({ projects, sections }).map(({ above, name }) => [...above, name].join("/"))).toEqual(["home", "home/now", "home/later", "home/garden", "work"]);
});
