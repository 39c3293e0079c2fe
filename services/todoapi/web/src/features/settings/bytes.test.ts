import { expect, test } from "vitest";
import { bytesOf } from "./bytes";

test.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1_000, "1 kB"],
  [3_240_000, "3.2 MB"],
  [5_000_000_000_000, "5,000 GB"],
])("%d bytes are %s", (bytes, words) => {
  expect(bytesOf(bytes, "en")).toBe(words);
});
