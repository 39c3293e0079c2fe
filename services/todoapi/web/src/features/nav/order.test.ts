import { describe, expect, test } from "vitest";
import type { Row } from "../../store/lists";
import { dropped, stepped } from "./order";

/** a, with b and c below it, of which c has d; and e. */
const rows: Row[] = [
  { id: "a", depth: 0, children: 2 },
  { id: "b", depth: 1, children: 0 },
  { id: "c", depth: 1, children: 1 },
  { id: "d", depth: 2, children: 0 },
  { id: "e", depth: 0, children: 0 },
];

test.each([
  ["e", "up", { before: "a" }],
  ["e", "down", null],
  ["e", "in", { parentId: "a" }],
  ["c", "up", { before: "b" }],
  ["b", "in", null],
  ["d", "out", { after: "c" }],
  ["a", "down", { after: "e" }],
] as const)("%s goes %s to %o", (id, step, to) => {
  expect(stepped(rows, id, step)).toEqual(to);
});

describe("a project that is dragged", () => {
  const open = { folded: false };
  test.each([
    ["before another one", "e", { id: "a", ...open }, "before", { before: "a" }],
    ["into another one", "e", { id: "b", ...open }, "inside", { parentId: "b" }],
    ["after one without others below", "e", { id: "b", ...open }, "after", { after: "b" }],
    ["after one whose others are seen goes before the first of them", "e", { id: "a", ...open }, "after", { before: "b" }],
    ["after one whose others are folded away", "e", { id: "a", folded: true }, "after", { after: "a" }],
    ["after the one that it is below leaves the first place to the next", "b", { id: "a", ...open }, "after", { before: "c" }],
    ["into itself stays", "a", { id: "a", ...open }, "inside", null],
    ["below itself stays", "a", { id: "d", ...open }, "after", null],
  ] as const)("%s", (_, id, on, zone, to) => {
    expect(dropped(rows, id, on, zone)).toEqual(to);
  });

  test("stays where it would lie deeper than five levels", () => {
    const deep = [0, 1, 2, 3].map((depth) => ({ id: `deep ${depth}`, depth, children: depth < 3 ? 1 : 0 }));
    const tree = [...deep, ...rows];
    expect(dropped(tree, "e", { id: "deep 3", ...open }, "inside")).toEqual({ parentId: "deep 3" });
    expect(dropped(tree, "c", { id: "deep 3", ...open }, "inside")).toBeNull();
  });
});
