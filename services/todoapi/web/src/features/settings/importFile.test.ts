import { expect, test } from "vitest";
import { formatOf, isTable, typeOf, waitMs } from "./importFile";

test.each([
  ["todoplatform-2026-11-29.json", "application/json", "json"],
  ["todoist.json", "application/json", undefined],
  ["Trips.CSV", "text/csv", undefined],
  ["tasks.ics", "text/calendar", "ics"],
  ["backup.zip", "application/zip", undefined],
  ["backup", "application/octet-stream", undefined],
])("%s is sent as %s and is known to be %s", (name, type, format) => {
  expect([typeOf(name), formatOf(name)]).toEqual([type, format]);
});

test("a table is what ends so, or is said to be one", () => {
  expect([isTable("a.csv", undefined), isTable("a.txt", "csv"), isTable("a.csv", "ticktick")]).toEqual([true, true, false]);
});

test("who waits for an import asks less and less often, and never less than each five seconds", () => {
  const waits = Array.from({ length: 20 }, (_, asked) => waitMs(asked));
  expect(waits).toEqual([...waits].sort((one, other) => one - other));
  expect(waits.at(-1)).toBe(5_000);
});
