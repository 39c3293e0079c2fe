import { expect, test } from "vitest";
import { pressesOf } from "./keys";

test.each([
  ["k", false, [["K"]]],
  ["$mod+k", false, [["Ctrl", "K"]]],
  ["$mod+k", true, [["⌘", "K"]]],
  ["Shift+ArrowUp", true, [["⇧", "↑"]]],
  ["g t", false, [["G"], ["T"]]],
  ["+", false, [["+"]]],
  ["$mod++", false, [["Ctrl", "+"]]],
])("%s (Mac: %s) is %j", (keys, onMac, presses) => {
  expect(pressesOf(keys, onMac)).toEqual(presses);
});
