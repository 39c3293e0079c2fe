import { expect, test } from "vitest";
import { wholeUnit } from "./units";

test.each([
  [1, "minute", 1],
  [90, "minute", 90],
  [120, "hour", 2],
  [1440, "day", 1],
  [10080, "week", 1],
  [0, "minute", 0],
] as const)("%i minutes are of the unit %s", (minutes, unit, count) => {
  expect(wholeUnit(minutes)).toEqual({ unit, count });
});
