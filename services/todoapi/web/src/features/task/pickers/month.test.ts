import { describe, expect, test } from "vitest";
import { addMonths, dayByKey, inMonth, quickDays, weekdayOf, weeksOf } from "./month";

test.each([
  ["2026-11", 1, "2026-12"],
  ["2026-12", 1, "2027-01"],
  ["2026-01", -1, "2025-12"],
  ["2026-01", 14, "2027-03"],
])("%s and %i months is %s", (month, n, then) => expect(addMonths(month, n)).toBe(then));

test.each([
  [1, "2026-10-26"],
  [7, "2026-11-01"],
  [6, "2026-10-31"],
])("November 2026 with weeks from day %i begins on %s", (weekStart, first) => {
  const weeks = weeksOf("2026-11", weekStart);
  expect(weeks[0]?.[0]).toBe(first);
  expect(weeks.flat()).toHaveLength(42);
  expect(weeks.every(([day = ""]) => weekdayOf(day) === weekStart)).toBe(true);
});

test("the last day of a month is that of a shorter one", () => {
  expect(inMonth("2026-01-31", "2026-02")).toBe("2026-02-28");
  expect(inMonth("2026-01-15", "2026-02")).toBe("2026-02-15");
});

test.each([
  { today: "2026-11-25", weekStart: 1, days: ["2026-11-25", "2026-11-26", "2026-11-28", "2026-11-30"] },
  { today: "2026-11-28", weekStart: 1, days: ["2026-11-28", "2026-11-29", "2026-12-05", "2026-11-30"] },
  { today: "2026-11-30", weekStart: 1, days: ["2026-11-30", "2026-12-01", "2026-12-05", "2026-12-07"] },
  { today: "2026-11-29", weekStart: 1, days: ["2026-11-29", "2026-11-30", "2026-12-05"] },
  { today: "2026-11-25", weekStart: 7, days: ["2026-11-25", "2026-11-26", "2026-11-28", "2026-11-29"] },
])("on $today with weeks from $weekStart people mean $days", ({ today, weekStart, days }) => {
  expect(quickDays(today, weekStart).map(({ day }) => day)).toEqual(days);
});

describe("keys lead from Wednesday 25 November", () => {
  test.each([
    ["ArrowRight", true, "2026-11-26"],
    ["ArrowRight", false, "2026-11-24"],
    ["ArrowLeft", true, "2026-11-24"],
    ["ArrowDown", true, "2026-12-02"],
    ["ArrowUp", true, "2026-11-18"],
    ["Home", true, "2026-11-23"],
    ["End", true, "2026-11-29"],
    ["PageDown", true, "2026-12-25"],
    ["PageUp", true, "2026-10-25"],
    ["x", true, null],
  ])("%s (left to right: %s) to %s", (key, leftToRight, day) => expect(dayByKey(key, "2026-11-25", 1, leftToRight)).toBe(day));
});
