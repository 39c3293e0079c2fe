import { expect, test } from "vitest";
import { bindingsOf } from "./bindings";
import { matcherOf } from "./matcher";

function press(key: string): KeyboardEvent {
  return { key, code: "Unidentified", getModifierState: () => false } as unknown as KeyboardEvent;
}

test.each([
  ["a key", ["t"], ["setDate"]],
  ["two keys, of which the second means something by itself", ["g", "t"], [undefined, "goToday"]],
  ["a key that ends other two, once two were meant", ["g", "t", "i"], [undefined, "goToday", undefined]],
  ["the second of two again, which then is itself", ["g", "t", "t"], [undefined, "goToday", "setDate"]],
  ["two keys after two others", ["g", "t", "g", "i"], [undefined, "goToday", undefined, "goInbox"]],
  ["a key that does not go on what was begun", ["g", "x", "t"], [undefined, "selectTask", "setDate"]],
])("%s", (_, keys, meant) => {
  const match = matcherOf(bindingsOf({ singleKeys: true, keys: {} }));
  expect(keys.map((key) => match(press(key)))).toEqual(meant);
});
