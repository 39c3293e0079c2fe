import { describe, expect, test } from "vitest";
import { spoken, type Told, told, withoutIds } from "./prose";

describe("tasks that are shown as cards are not listed twice", () => {
  test.each<[string, string, string[], Told]>([
    ["after a sentence", "Two tasks:\n\n1. **Milk** – today\n2. **Bread**", ["Milk", "Bread"], { pieces: [{ text: "Two tasks:" }, { from: 0, to: 2 }], first: 1 }],
    ["between sentences", "Two tasks:\n\n1. Milk\n2. Bread\n\n… and 3 more.", ["Milk", "Bread"], { pieces: [{ text: "Two tasks:" }, { from: 0, to: 2 }, { text: "… and 3 more." }], first: 1 }],
    [
      "under two headings",
      "Today: 2 due.\n\nOverdue:\n\n1. Milk\n\nDue:\n\n2. Bread",
      ["Milk", "Bread"],
      { pieces: [{ text: "Today: 2 due.\n\nOverdue:" }, { from: 0, to: 1 }, { text: "Due:" }, { from: 1, to: 2 }], first: 1 },
    ],
    ["as a list that goes on", "12 tasks:\n\n11. Milk\n12. Bread", ["Milk", "Bread"], { pieces: [{ text: "12 tasks:" }, { from: 0, to: 2 }], first: 11 }],
    ["with letters that mean something in Markdown", "1. **Buy \\*milk\\* \\[2 l\\]**", ["Buy *milk* [2 l]"], { pieces: [{ from: 0, to: 1 }], first: 1 }],
    ["where another list stands before it", "1. Subtask\n\nThese:\n\n1. Milk", ["Milk"], { pieces: [{ text: "1. Subtask\n\nThese:" }, { from: 0, to: 1 }], first: 1 }],
    ["where the list is of something else", "**Cake**\n\nSubtasks:\n\n1. Milk", ["Cake"], { pieces: [{ text: "**Cake**\n\nSubtasks:\n\n1. Milk" }, { from: 0, to: 1 }], first: null }],
    ["where the text lists none", "Added **Milk**.", ["Milk"], { pieces: [{ text: "Added **Milk**." }, { from: 0, to: 1 }], first: null }],
    ["where there are none", "1. Milk", [], { pieces: [{ text: "1. Milk" }], first: null }],
  ])("%s", (_where, text, titles, want) => {
    expect(told(text, titles)).toEqual(want);
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
