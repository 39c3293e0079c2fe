import { expect, test } from "vitest";
import { Keeping } from "./kept";

/** A browser's storage. */
function memoryOf(items = new Map<string, string>()) {
  return {
    items,
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, text: string) => void items.set(name, text),
    removeItem: (name: string) => void items.delete(name),
  };
}

const saying = { id: "m1", text: "add milk", at: "2026-03-11T09:00:00Z" };

test("what is typed is kept for each conversation, with what was said and is not answered", () => {
  const memory = memoryOf();
  const kept = new Keeping("ada", memory);
  kept.note("one", { draft: "What is du" });
  kept.note("other", { draft: "add br" });
  kept.note("other", { pending: saying });
  const again = new Keeping("ada", memory);
  expect([again.read("one"), again.read("other"), again.read("third")]).toEqual([
    { draft: "What is du", pending: null },
    { draft: "add br", pending: saying },
    { draft: "", pending: null },
  ]);
});

test("nothing stays of what was said and answered", () => {
  const memory = memoryOf();
  const kept = new Keeping("ada", memory);
  kept.note("one", { draft: "add milk" });
  kept.note("one", { draft: "", pending: saying });
  kept.note("one", { pending: null });
  expect([...memory.items]).toEqual([]);
});

test("each person has their own, under names that signing out forgets", () => {
  const memory = memoryOf();
  const ada = new Keeping("ada", memory);
  ada.noteLast("one");
  ada.note("one", { draft: "secret" });
  const bob = new Keeping("bob", memory);
  expect([bob.last(), bob.read("one").draft]).toEqual([null, ""]);
  expect([...memory.items.keys()].every((name) => name.startsWith("todo.ada."))).toBe(true);
});

test.each([
  ["forbidden", { getItem: () => { throw new DOMException("no", "SecurityError"); }, setItem: () => { throw new DOMException("no", "QuotaExceededError"); }, removeItem: () => undefined }],
  ["broken", { getItem: () => "{", setItem: () => undefined, removeItem: () => undefined }],
  ["absent", null],
])("storage that is %s keeps nothing, and does no harm", (_how, memory) => {
  const kept = new Keeping("ada", memory);
  kept.note("one", { draft: "add milk" });
  expect(kept.read("one")).toEqual({ draft: "", pending: null });
});
