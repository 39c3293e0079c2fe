import { describe, expect, test } from "vitest";
import { bindingsOf, clashOf } from "./bindings";

const unchanged = { singleKeys: true, keys: {} };

describe("bindingsOf", () => {
  test("has the keys of the catalogue, and none for commands without", () => {
    const bindings = bindingsOf(unchanged);
    expect(bindings.get("completeTask")).toBe("e");
    expect(bindings.has("goTrash")).toBe(false);
  });

  test("has what a person changed, and nothing where they took the keys away", () => {
    const bindings = bindingsOf({ singleKeys: true, keys: { completeTask: "c", undo: "" } });
    expect(bindings.get("completeTask")).toBe("c");
    expect(bindings.has("undo")).toBe(false);
  });

  test("has only keys with a modifier when single keys are off", () => {
    expect([...bindingsOf({ singleKeys: false, keys: { undo: "$mod+z" } })]).toEqual([
      ["palette", "$mod+k"],
      ["undo", "$mod+z"],
    ]);
  });
});

describe("clashOf", () => {
  test.each([
    ["undo", "e", "completeTask"],
    ["undo", "g", "goToday"],
    ["undo", "e x", "completeTask"],
    ["undo", "g z", undefined],
    ["completeTask", "e", undefined],
  ] as const)("%s by %s clashes with %s", (id, keys, other) => {
    expect(clashOf(id, keys, unchanged)).toBe(other);
  });

  test("two commands of which one begins as the other ends do not clash", () => {
    expect(clashOf("setDate", "t", unchanged)).toBeUndefined();
  });
});
