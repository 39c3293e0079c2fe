import { describe, expect, test } from "vitest";
import { type Choice, kept, meant, moved, nobody, ranged, toggled } from "./cursor";

const order = ["a", "b", "c", "d"];
const at = (cursor: string | null, chosen: string[] = [], anchor: string | null = null): Choice => ({ cursor, chosen: new Set(chosen), anchor });

describe("the cursor", () => {
  test.each([
    { from: null, by: 1, to: "a" },
    { from: null, by: -1, to: "d" },
    { from: "b", by: 1, to: "c" },
    { from: "d", by: 1, to: "d" },
    { from: "a", by: -1, to: "a" },
    { from: "a", by: 10, to: "d" },
    { from: "gone", by: 1, to: "a" },
  ])("goes from $from by $by to $to", ({ from, by, to }) => {
    expect(moved(at(from), order, by).cursor).toBe(to);
  });

  test("of an empty list is nowhere", () => {
    expect(moved(nobody, [], 1).cursor).toBeNull();
  });

  test.each([
    { name: "stays with a row that moves", cursor: "b", now: ["b", "a", "c", "d"], to: "b" },
    { name: "goes to the next when its row goes", cursor: "b", now: ["a", "c", "d"], to: "c" },
    { name: "passes over what has gone too", cursor: "b", now: ["a", "d"], to: "d" },
    { name: "goes up from the last row", cursor: "d", now: ["a", "b"], to: "b" },
    { name: "is nowhere when nothing is left", cursor: "a", now: [], to: null },
  ])("$name", ({ cursor, now, to }) => {
    expect(kept(at(cursor), order, now).cursor).toBe(to);
  });
});

describe("the choice", () => {
  test("is toggled", () => {
    expect([...toggled(toggled(at("a"), "b"), "c").chosen]).toEqual(["b", "c"]);
    expect([...toggled(at("a", ["b"]), "b").chosen]).toEqual([]);
  });

  test("reaches from where the range began, and shrinks when it turns", () => {
    const wide = ranged(ranged(at("b"), order, "c"), order, "d");
    expect([...wide.chosen]).toEqual(["b", "c", "d"]);
    expect([...ranged(wide, order, "c").chosen]).toEqual(["b", "c"]);
    expect([...ranged(wide, order, "a").chosen].sort()).toEqual(["a", "b"]);
  });

  test("lets go of what has gone, and stays the same object otherwise", () => {
    expect([...kept(at("a", ["a", "b"]), order, ["a", "c"]).chosen]).toEqual(["a"]);
    const choice = at("a", ["b"]);
    expect(kept(choice, order, ["b", "a"])).toBe(choice);
  });

  test("is what commands are about, else the cursor", () => {
    expect(meant(at("a", ["d", "b"]), order)).toEqual(["b", "d"]);
    expect(meant(at("a"), order)).toEqual(["a"]);
    expect(meant(nobody, order)).toEqual([]);
  });
});
