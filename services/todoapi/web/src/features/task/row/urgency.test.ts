import { expect, test } from "vitest";
import { taskOf } from "../../../testing/factories";
import type { Viewer } from "../../../time/due";
import { deadlineComes, urgencyOf } from "./urgency";

const viewer: Viewer = { now: new Date("2026-03-04T23:30:00Z"), zone: "Europe/Berlin", locale: "en" }; // half past midnight of the fifth

test.each([
  { part: { due: { date: "2026-03-04" } }, urgency: "overdue" },
  { part: { due: { date: "2026-03-05" } }, urgency: "today" },
  { part: { due: { date: "2026-03-05", time: "00:15" } }, urgency: "overdue" },
  { part: { due: { date: "2026-03-05", time: "00:15", zone: "America/New_York" } }, urgency: "today" },
  { part: { due: { date: "2026-03-06" } }, urgency: "tomorrow" },
  { part: { due: { date: "2026-03-07" } }, urgency: "later" },
  { part: {}, urgency: "later" },
  { part: { due: { date: "2026-03-04" }, completedAt: "2026-03-04T10:00:00Z" }, urgency: "later" },
  { part: { due: { date: "2026-03-04" }, recurrence: { rule: "FREQ=DAILY", paused: true } }, urgency: "later" },
])("what is $part is $urgency", ({ part, urgency }) => {
  expect(urgencyOf(taskOf({ id: "a", ...part }), viewer)).toBe(urgency);
});

test("a deadline comes on its day", () => {
  expect(deadlineComes(taskOf({ id: "a", deadline: "2026-03-05" }), viewer)).toBe(true);
  expect(deadlineComes(taskOf({ id: "a", deadline: "2026-03-06" }), viewer)).toBe(false);
});
