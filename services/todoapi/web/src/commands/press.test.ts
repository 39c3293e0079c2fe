import { expect, test } from "vitest";
import { pressOf } from "./press";

const nothing = { code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, altGraph: false };

test.each([
  ["a letter", { key: "k" }, { key: "k" }],
  ["a letter with Shift", { key: "K", shiftKey: true }, { key: "K", shiftKey: true }],
  ["a Cyrillic letter is the Latin one in its place", { key: "л", code: "KeyK" }, { key: "k" }],
  ["a Greek letter with Ctrl, too", { key: "κ", code: "KeyK", ctrlKey: true }, { key: "k", ctrlKey: true }],
  ["a Latin letter is itself wherever it lies", { key: "a", code: "KeyQ" }, { key: "a" }],
  ["an umlaut that is no place of a Latin letter is itself", { key: "ö", code: "Semicolon" }, { key: "ö" }],
  ["a sign is itself, also with Shift", { key: "?", shiftKey: true }, { key: "?" }],
  ["a sign is itself, also with AltGr", { key: "[", ctrlKey: true, altKey: true, altGraph: true }, { key: "[" }],
  ["an arrow keeps its modifiers", { key: "ArrowUp", altKey: true, shiftKey: true }, { key: "ArrowUp", altKey: true, shiftKey: true }],
])("%s", (_, pressed, press) => {
  expect(pressOf({ ...nothing, ...pressed })).toEqual({ ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...press });
});
