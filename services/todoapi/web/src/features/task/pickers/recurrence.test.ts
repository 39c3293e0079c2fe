import { expect, test } from "vitest";
import type { RecurrencePreview } from "../../api/types";
import { describeRule, isRule, nextDates, withoutClamp } from "./recurrence";

test.each([
  ["FREQ=DAILY", "every day"],
  ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"],
  ["FREQ=DAILY;INTERVAL=3", "every 3 days"],
  ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "every 2 weeks on Mon, Thu"],
  ["FREQ=YEARLY", "every year"],
  ["RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=2;SKIP=BACKWARD", "every 2 months"],
  ["FREQ=MONTHLY;BYDAY=2TU", null],
  ["FREQ=DAILY;COUNT=5", null],
  ["RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", null],
  ["RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261130", null],
])("%s reads %s", (rule, words) => {
  expect(describeRule(rule)).toBe(words);
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

const now = new Date("2026-11-26T09:00:00Z");

test.each<{ name: string; preview: Partial<RecurrencePreview>; dates: string[] }>([
  {
    name: "leave out the first one",
    preview: { start: { date: "2026-11-27" }, occurrences: ["2026-11-27", "2026-12-04", "2026-12-11", "2027-01-01"] },
    dates: ["Fri 4 Dec", "Fri 11 Dec", "Fri 1 Jan 2027"],
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
  expect(nextDates(whole, now, "Europe/Berlin")).toEqual(dates);
});
