import { expect, test } from "vitest";
import { ago } from "./ago";

const now = new Date("2026-12-01T12:00:00Z");

test.each([
  ["2026-12-01T11:59:40Z", "now"],
  ["2026-12-01T11:57:10Z", "2 minutes ago"],
  ["2026-11-30T11:00:00Z", "yesterday"],
  ["2026-11-10T12:00:00Z", "3 weeks ago"],
  ["2027-02-15T12:00:00Z", "in 2 months"],
])("%s was or is %s", (instant, words) => {
  expect(ago(new Date(instant), now, "en")).toBe(words);
});
