import { expect, test } from "vitest";
import { heldAfter } from "./typeAhead";

const nothing = { ctrlKey: false, metaKey: false, isComposing: false };

test.each([
  ["a letter", { key: "b" }, "ab"],
  ["a space", { key: " " }, "a "],
  ["Enter", { key: "Enter" }, "a\n"],
  ["the key that takes the last away", { key: "Backspace" }, ""],
  ["a sign that needs AltGr", { key: "@", ctrlKey: true, altGraph: true }, "a@"],
  ["a key with Ctrl is a command still", { key: "k", ctrlKey: true }, undefined],
  ["a key with Command, too", { key: "k", metaKey: true }, undefined],
  ["an arrow writes nothing", { key: "ArrowDown" }, undefined],
  ["Shift alone does not, either", { key: "Shift" }, undefined],
  ["what is put together from several keys is left to the browser", { key: "n", isComposing: true }, undefined],
])("%s", (_, { key, altGraph = false, ...rest }: { key: string; altGraph?: boolean; ctrlKey?: boolean; metaKey?: boolean; isComposing?: boolean }, held) => {
  expect(heldAfter("a", { ...nothing, ...rest, key, getModifierState: (name) => name === "AltGraph" && altGraph })).toBe(held);
});
