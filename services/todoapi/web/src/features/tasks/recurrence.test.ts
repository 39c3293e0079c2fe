import { expect, test } from "vitest";
import { describeRule } from "./recurrence";

test.each([
  ["FREQ=DAILY", "Every day"],
  ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday"],
  ["FREQ=DAILY;INTERVAL=3", "Every 3 days"],
  ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "Every 2 weeks on Mon, Thu"],
  ["FREQ=YEARLY", "Every year"],
  ["FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=2TU"],
  ["FREQ=DAILY;COUNT=5", "FREQ=DAILY;COUNT=5"],
])("%s reads %s", (rule, words) => {
  expect(describeRule(rule)).toBe(words);
});
