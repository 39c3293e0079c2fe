import { describe, expect, test } from "vitest";
import { spoken, withoutIds, withoutList } from "./prose";

describe("a list that cards show is not said twice", () => {
  test.each([
    ["after a sentence", "Two are due:\n\n1. Milk\n2. Bread", 2, { text: "Two are due:", first: 1 }],
    ["between sentences", "Two are due:\n\n1. Milk\n2. Bread\n\nShall I move them?", 2, { text: "Two are due:\n\nShall I move them?", first: 1 }],
    ["which goes on", "More:\n\n11. Milk\n12. Bread", 2, { text: "More:", first: 11 }],
    ["alone", "1. Milk", 1, { text: "", first: 1 }],
    ["that is another one, of another length", "First:\n\n1. Boil water\n2. Wait\n3. Pour", 2, { text: "First:\n\n1. Boil water\n2. Wait\n3. Pour", first: 1 }],
    ["the one of the two that is of its length", "1. a\n2. b\n3. c\n\nThese:\n\n1. Milk\n2. Bread", 2, { text: "1. a\n2. b\n3. c\n\nThese:", first: 1 }],
    ["where there are no cards", "1. Milk", 0, { text: "1. Milk", first: 1 }],
    ["where there is none", "In 2026. Nothing.", 1, { text: "In 2026. Nothing.", first: 1 }],
  ])("%s", (_where, text, count, want) => {
    expect(withoutList(text, count)).toEqual(want);
  });
});

test.each([
  ["Done: Milk (0198f0aa-1111-7222-8333-444455556666).", "Done: Milk."],
  ["Milk `0198F0AA-1111-7222-8333-444455556666` and bread", "Milk and bread"],
  ["Milk [id: 0198f0aa-1111-7222-8333-444455556666]", "Milk"],
  ["Call 0198 1111 7222", "Call 0198 1111 7222"],
])("ids are not shown: %s", (text, want) => {
  expect(withoutIds(text)).toBe(want);
});

test.each([
  ["**Two** are _due_:\n\n1. Milk\n2. `Bread`", "Two are due: 1. Milk 2. Bread"],
  ["## Today\n\n- [Rome](https://example.org)\n> soon", "Today Rome soon"],
  ["2 * 3 * 4 = snake_case_name", "2 * 3 * 4 = snake_case_name"],
])("%j is read out as %j", (text, want) => {
  expect(spoken(text)).toBe(want);
});
