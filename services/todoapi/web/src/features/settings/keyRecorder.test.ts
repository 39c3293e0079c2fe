import { expect, test } from "vitest";
import { isTaken, mayGoOn, pressWords } from "./keyRecorder";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  altGraph: false,
  ...held,
});

test.each([
  [press("e"), "e", "e"],
  [press("E", { shiftKey: true }), "Shift+e", "Shift+e"],
  [press("k", { ctrlKey: true }), "$mod+k", "Control+k"],
  [press("k", { metaKey: true }), "Meta+k", "$mod+k"],
  [press("?", { shiftKey: true }), "?", "?"],
  [press("ArrowUp", { altKey: true }), "Alt+ArrowUp", "Alt+ArrowUp"],
  [press("Shift", { shiftKey: true }), null, null],
])("%o is %s, and on Apple's keyboards %s", (event, elsewhere, onApple) => {
  expect([pressWords(event, false), pressWords(event, true)]).toEqual([elsewhere, onApple]);
});

test("a letter may be the first of two, and nothing else", () => {
  expect([mayGoOn("g"), mayGoOn("g t"), mayGoOn("$mod+k"), mayGoOn("F2")]).toEqual([true, false, false, false]);
});

test("what leads through every page stays as it is", () => {
  expect([isTaken("Tab"), isTaken("$mod+r"), isTaken("e")]).toEqual([true, true, false]);
});
