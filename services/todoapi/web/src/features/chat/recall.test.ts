import { expect, test } from "vitest";
import { recall, type Recalled } from "./recall";

const said = ["third", "second", "first"];
const empty: Recalled = { at: null, text: "" };

test("steps go back through what was said, and forth to the empty line", () => {
  const steps = (["back", "back", "back", "back", "forth", "forth", "forth", "forth"] as const).reduce<(Recalled | null)[]>(
    (all, step) => {
      const here = all.findLast((one) => one !== null) ?? empty;
      return [...all, recall(said, here, step)];
    },
    [empty],
  );
  expect(steps.map((one) => one?.text ?? null)).toEqual(["", "third", "second", "first", null, "second", "third", "", null]);
});

test.each<[string, Recalled]>([
  ["something is typed", { at: null, text: "add m" }],
  ["what was recalled was changed", { at: 0, text: "third!" }],
])("a step is for the line itself where %s", (_where, here) => {
  expect([recall(said, here, "back"), recall(said, here, "forth")]).toEqual([null, null]);
});

test("there is nothing to recall where nothing was said", () => {
  expect(recall([], empty, "back")).toBeNull();
});
