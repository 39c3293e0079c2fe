import { expect, test } from "vitest";
import { notifyBy, wayOf, ways } from "./notify";

test("each way to be reminded is what it was chosen as", () => {
  expect(ways.map((way) => wayOf(notifyBy(way)))).toEqual(ways);
  expect(wayOf(["push", "email"])).toBe("both");
  expect(wayOf([])).toBe("page");
  expect(wayOf(undefined)).toBe("settings");
});
