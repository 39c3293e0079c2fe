import { expect, test } from "vitest";
import { headingKey, itemsOf, type TaskGroup, withLeaving } from "./items";

function group(key: string, ids: string[], part: Partial<TaskGroup> = {}): TaskGroup {
  return { key, rows: ids.map((id) => ({ id, depth: 0, children: 0 })), ...part };
}

const keys = (groups: TaskGroup[], folded: string[] = []) => itemsOf(groups, new Set(folded)).map(({ key }) => key);

test("a group has its heading above and the line to add below", () => {
  expect(keys([group("", ["a"], { place: {} }), group("s", ["b"], { title: "Section", place: {} })])).toEqual(["a", "add ", "heading s", "b", "add s"]);
});

test("a folded group shows its heading alone", () => {
  expect(keys([group("s", ["a"], { title: "Section", place: {} })], [headingKey("s")])).toEqual(["heading s"]);
});

test("a row knows its place in its group", () => {
  const [first, second] = itemsOf([group("", ["a", "b"])], new Set());
  expect([first, second]).toMatchObject([{ place: 1, size: 2 }, { place: 2, size: 2 }]);
});

test.each([
  { name: "first", now: ["b", "c"], leaving: ["a"], shown: ["a", "b", "c"] },
  { name: "between", now: ["a", "c"], leaving: ["b"], shown: ["a", "b", "c"] },
  { name: "beside one that has gone too", now: ["c"], leaving: ["a", "b"], shown: ["a", "b", "c"] },
  { name: "at the end", now: ["a", "b"], leaving: ["c"], shown: ["a", "b", "c"] },
  { name: "unless it is back", now: ["c", "a", "b"], leaving: ["c"], shown: ["c", "a", "b"] },
  { name: "and what goes without leave is gone", now: ["a"], leaving: ["c"], shown: ["a", "c"] },
])("what takes leave stands where it stood: $name", ({ now, leaving, shown }) => {
  const [merged] = withLeaving([group("g", ["a", "b", "c"])], [group("g", now)], new Set(leaving));
  expect(merged?.rows.map(({ id }) => id)).toEqual(shown);
});
