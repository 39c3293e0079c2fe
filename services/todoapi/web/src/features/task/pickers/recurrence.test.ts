import { describe, expect, test } from "vitest";
import type { RecurrencePreview } from "../../../api/types";
import type { Viewer } from "../../../time/due";
import { isRule, isWorkweek, nextDates, plainRule, repeatTextOf, withoutClamp } from "./recurrence";

test.each([
  ["FREQ=DAILY", { unit: "day", interval: 1, days: [] }],
  ["FREQ=DAILY;INTERVAL=3", { unit: "day", interval: 3, days: [] }],
  ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", { unit: "week", interval: 2, days: [1, 4] }],
  ["FREQ=YEARLY", { unit: "year", interval: 1, days: [] }],
  ["RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=2;SKIP=BACKWARD", { unit: "month", interval: 2, days: [] }],
  ["FREQ=MONTHLY;BYDAY=2TU", null],
  ["FREQ=DAILY;COUNT=5", null],
  ["RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", null],
  ["RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261130", null],
])("%s says %j", (rule, plain) => {
  expect(plainRule(rule)).toEqual(plain);
});

test("from Monday to Friday is the working week", () => {
  const all = ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO"].map(plainRule);
  expect(all.map((plain) => plain && isWorkweek(plain))).toEqual([true, false, false]);
});

test("only a clamp that goes without saying is left out", () => {
  expect(withoutClamp("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD")).toBe("FREQ=MONTHLY");
  const needed = "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD";
  expect(withoutClamp(needed)).toBe(needed);
});

test.each([
  ["FREQ=DAILY", true],
  ["rrule:freq=daily", true],
  ["RDATE;VALUE=DATE:20261130", true],
  ["every 2 weeks", false],
  ["", false],
])("%s is a rule: %s", (text, rule) => {
  expect(isRule(text)).toBe(rule);
});

const viewer: Viewer = { now: new Date("2026-11-26T09:00:00Z"), zone: "Europe/Berlin", locale: "en-GB" };

test.each<{ name: string; preview: Partial<RecurrencePreview>; dates: string[] }>([
  {
    name: "leave out the first one",
    preview: { start: { date: "2026-11-27" }, occurrences: ["2026-11-27", "2026-12-04", "2026-12-11", "2027-01-01"] },
    dates: ["Fri 4 Dec", "Fri 11 Dec", "Fri, 1 Jan 2027"],
  },
  {
    name: "begin at once when the first one is off the rule",
    preview: { start: { date: "2026-11-26" }, occurrences: ["2026-11-27"] },
    dates: ["Fri 27 Nov"],
  },
  {
    name: "have the times of the viewer",
    preview: {
      start: { date: "2026-11-27", time: "09:00", zone: "America/New_York" },
      occurrences: ["2026-11-27T09:00:00-05:00", "2026-11-28T09:00:00-05:00"],
    },
    dates: ["Sat 28 Nov, 15:00"],
  },
])("the next dates $name", ({ preview, dates }) => {
  const whole: RecurrencePreview = {
    rule: "", anchor: "schedule", text: "", more: false, start: { date: "" }, occurrences: [], ...preview,
  };
  expect(nextDates(whole, viewer)).toEqual(dates);
});

describe("the server is asked about", () => {
  test.each([
    { name: "words without a date", typed: " every monday ", due: null, asked: { text: "every monday" } },
    { name: "words from a date", typed: "every monday", due: { date: "2026-11-28" }, asked: { text: "every monday", start: "2026-11-28" } },
    { name: "a rule from a time", typed: "FREQ=DAILY", due: { date: "2026-11-28", time: "09:00" }, asked: { rule: "FREQ=DAILY", start: "2026-11-28T09:00" } },
    { name: "a rule without a date, from today", typed: "FREQ=DAILY", due: null, asked: { rule: "FREQ=DAILY", start: "2026-11-26" } },
    { name: "what follows today when the date has passed", typed: "every day", due: { date: "2026-11-01" }, asked: { text: "every day", start: "2026-11-01", after: "2026-11-26" } },
    {
      name: "what follows now when the time has passed",
      typed: "every 3 hours",
      due: { date: "2026-11-26", time: "08:00" },
      asked: { text: "every 3 hours", start: "2026-11-26T08:00", after: "2026-11-26T10:00" },
    },
  ])("$name", ({ typed, due, asked }) => {
    expect(repeatTextOf(typed, due, viewer)).toEqual(asked);
  });
});
