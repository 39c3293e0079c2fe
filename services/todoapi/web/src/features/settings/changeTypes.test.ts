import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allOf, covers, entities, everything, extentOf, typesOf, withEntity, withType } from "./changeTypes";

test("every type of a change can be chosen, but for that of a trial", () => {
  const schemas = readdirSync(join(import.meta.dirname, "../../../../../internal/events/schema"));
  const known = schemas.filter((file) => file.endsWith(".json")).map((file) => file.replace(/\.json$/, "")).filter((type) => !type.startsWith("reminder.") && type !== "webhook.tested");
  expect(entities.flatMap(typesOf).sort()).toEqual(known.sort());
});

describe("the choice of types", () => {
  test("is all of an entity, of now and of later, when that is asked for", () => {
    const chosen = withEntity(["task.created", "tag.created"], "task", true);
    expect(chosen).toEqual(["tag.created", allOf("task")]);
    expect(extentOf(chosen, "task")).toBe("all");
  });

  test("falls apart when one of all is switched off", () => {
    expect(withType(["tag.*"], "tag.deleted", false)).toEqual(["tag.created", "tag.updated"]);
    const chosen = withType([everything], "tag.deleted", false);
    expect(covers(chosen, "tag.deleted")).toBe(false);
    expect(covers(chosen, "tag.created") && covers(chosen, "task.completed")).toBe(true);
  });

  test("knows of some of an entity", () => {
    expect(extentOf(withType([], "task.completed", true), "task")).toBe("some");
    expect(extentOf([], "task")).toBe("none");
  });
});
