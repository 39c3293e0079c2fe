import { expect, test } from "vitest";
import { taskOf } from "../../../testing/factories";
import { editOf } from "./scope";

const weekly = taskOf({ id: "a", due: { date: "2026-03-01" }, recurrence: { rule: "FREQ=WEEKLY" } });

test.each([
  { name: "a task that does not repeat", task: taskOf({ id: "a" }), fields: { title: "b" }, scope: "occurrence", command: "task.update" },
  { name: "this occurrence", task: weekly, fields: { title: "b" }, scope: "occurrence", command: "task.update_occurrence" },
  { name: "this and those that follow", task: weekly, fields: { title: "b" }, scope: "series", command: "task.update_series" },
  { name: "the rule, which is never of one alone", task: weekly, fields: { recurrence: null }, scope: "occurrence", command: "task.update" },
] as const)("an edit is for $name", ({ task, fields, scope, command }) => {
  expect(editOf(task, fields, scope)).toMatchObject({ commands: [{ name: command, id: "a", fields }] });
});
