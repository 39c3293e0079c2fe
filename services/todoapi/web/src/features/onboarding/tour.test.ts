import { expect, test } from "vitest";
import { isUntouched, tour } from "./tour";

test.each([
  ["account settings", true],
  ["account settings project", true],
  ["account task task", false],
  ["", true],
])("of an account with changes of %j it is %s that it never had a task", (entities, untouched) => {
  expect(isUntouched(entities.split(" ").map((entity) => ({ entity })))).toBe(untouched);
});

test("all tasks to try things with are one act, which can be undone as one", () => {
  const act = tour(["Complete", "Add", "Find"], "2026-03-11");
  expect(act).toMatchObject({ kind: "commands", commands: [{ name: "task.create", fields: { title: "Complete", due: { date: "2026-03-11" } } }, {}, {}] });
  const ids = act.kind === "commands" ? act.commands.map(({ id }) => id) : [];
  expect(new Set(ids).size).toBe(3);
});
