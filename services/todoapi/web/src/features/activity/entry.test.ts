import { describe, expect, test } from "vitest";
import { changeOf, settingsOf, taskOf } from "../../testing/factories";
import { type AuditEntry, byDay, canUndo, happeningsOf } from "./entry";

const at = "2026-03-11T09:00:00Z";
const plants = taskOf({ id: "a", title: "Water plants" });

function entry(data: AuditEntry["record"]["data"], type: string): AuditEntry {
  return { position: 1, record: { type, at, data } };
}

function told(type: string, data: AuditEntry["record"]["data"]) {
  const [happening] = happeningsOf([entry(data, type)]);
  return happening;
}

describe("an entry of the log", () => {
  test.each([
    { type: "task.created", data: changeOf(1, "task.created", plants), want: { name: "Water plants", by: null } },
    { type: "task.created", data: { ...changeOf(1, "task.created", plants), by: { kind: "system" as const, id: "recurring-task" } }, want: { name: "Water plants", by: { kind: "repetition" } } },
    { type: "task.created", data: { ...changeOf(1, "task.created", plants), by: { kind: "token" as const, id: "t", client: "backup script" } }, want: { by: { kind: "program", name: "backup script" } } },
    { type: "task.deleted", data: changeOf(1, "task.deleted", null, plants), want: { name: "Water plants" } },
    { type: "project.deleted", data: changeOf(1, "project.deleted", null, { name: "Home" }), want: { name: "Home" } },
    { type: "token.created", data: changeOf(1, "token.created", null), want: { name: "" } },
    { type: "task.updated", data: changeOf(1, "task.updated", { ...plants, title: "Water", priority: 1 as const, version: 2 }, plants), want: { fields: ["title", "priority"] } },
    { type: "settings.updated", data: changeOf(1, "settings.updated", settingsOf({ zone: "UTC" }), settingsOf({})), want: { fields: ["zone"] } },
    { type: "task.created", data: { after: plants, actor: "recurring-task" }, want: { name: "Water plants", by: { kind: "repetition" } } },
    { type: "reminder.sent", data: { userId: "u", reminderId: "r", taskId: "a", title: "Water plants", at, channel: "email" }, want: { name: "Water plants", by: { kind: "channel", name: "email" } } },
  ])("$type tells $want", ({ type, data, want }) => expect(told(type, data)).toMatchObject(want));
});

test("what one act did to many is told once", () => {
  const acted = (seq: number, group: string): AuditEntry => entry({ ...changeOf(seq, "task.completed", plants), group }, "task.completed");
  const all = happeningsOf([acted(4, "x"), acted(3, "x"), acted(2, "y"), entry(changeOf(1, "task.completed", plants), "task.completed")]);
  expect(all.map(({ group, count }) => [group, count])).toEqual([["x", 2], ["y", 1], [null, 1]]);
});

test("an export is told by its form, failed sign-ins by how many there were", () => {
  const told = (type: string, details: object) => happeningsOf([entry({ ...changeOf(1, type, null), entity: "account", details }, type)]).map(({ name, count }) => [name, count]);
  expect(told("account.exported", { form: "csv" })).toEqual([["csv", 1]]);
  expect(told("account.sign_in_failed", { count: 5 })).toEqual([["", 5]]);
});

test("days are those of the person", () => {
  const happenings = happeningsOf([entry(changeOf(2, "task.created", plants), "task.created"), { position: 1, record: { type: "x", at: "2026-03-10T09:00:00Z", data: changeOf(1, "x", null) } }]);
  expect(byDay(happenings, (moment) => moment.toISOString().slice(0, 10)).map(({ day }) => day)).toEqual(["2026-03-11", "2026-03-10"]);
});

test.each([
  { what: "an act of today", change: {}, hours: 1, can: true },
  { what: "an act of yesterday", change: {}, hours: 25, can: false },
  { what: "the end of a session", change: { type: "session.ended" }, hours: 1, can: false },
  { what: "what is part of no act", change: { group: null }, hours: 1, can: false },
])("$what can be undone: $can", ({ change, hours, can }) => {
  const [happening] = happeningsOf([entry({ ...changeOf(1, "task.completed", plants), group: "x" }, "task.completed")]);
  if (!happening) throw new Error("nothing happened");
  expect(canUndo({ ...happening, ...change }, new Date(Date.parse(at) + hours * 3_600_000))).toBe(can);
});
