import { describe, expect, test } from "vitest";
import type { QuickAddTask } from "../../../api/types";
import type { Kinds } from "../../../store/model";
import type { Place } from "../list/items";
import { actOfLine, linesAct } from "./adding";

const said = { now: new Date("2026-11-26T09:00:00Z"), zone: "Europe/Berlin", locale: "en" };
const at = { version: 1, createdAt: "", updatedAt: "", position: "" };
const projects = new Map<string, Kinds["projects"]>([["p", { ...at, id: "p", name: "Work", parentId: null, colour: "blue", favourite: false, archivedAt: null }]]);
const sections = new Map<string, Kinds["sections"]>([["s", { ...at, id: "s", name: "Later", projectId: "p" }]]);

function read(part: Partial<QuickAddTask>): QuickAddTask {
  return { title: "Call", priority: 4, tags: [], reminders: [], spans: [], ...part };
}

const actOf = (text: string, task: QuickAddTask | null, place: Place = {}) => actOfLine({ text, dismissed: [] }, task, place, { projects, sections }, said);

describe("a line that has been read", () => {
  test.each<{ name: string; task: Partial<QuickAddTask>; place: Place; fields: object }>([
    { name: "is added where the list is", task: {}, place: { projectId: "q", sectionId: "r" }, fields: { projectId: "q", sectionId: "r" } },
    { name: "is due on the day of the list", task: {}, place: { day: "2026-11-28" }, fields: { due: { date: "2026-11-28" } } },
    { name: "is due when it says so", task: { due: { date: "2026-12-01" } }, place: { day: "2026-11-28" }, fields: { due: { date: "2026-12-01" } } },
    { name: "goes to the project that it names", task: { project: "work", section: "later" }, place: { parentId: "x" }, fields: { projectId: "p", sectionId: "s" } },
    { name: "is part of what it is typed under", task: {}, place: { parentId: "x" }, fields: { parentId: "x" } },
  ])("$name", ({ task, place, fields }) => {
    const act = actOf("Call", read(task), place);
    expect(act).toMatchObject({ kind: "commands", commands: [{ name: "task.create", fields: { title: "Call", ...fields } }] });
  });

  test.each<{ name: string; task: Partial<QuickAddTask> }>([
    { name: "names a project that is not there", task: { project: "Play" } },
    { name: "names a section that is not there", task: { project: "Work", section: "Never" } },
    { name: "reminds before it is due, which it is not", task: { reminders: [{ minutesBefore: 30 }] } },
  ])("is left to the server when it $name", ({ task }) => {
    expect(actOf("Call #x", read(task))).toMatchObject({ kind: "lines", lines: { text: "Call #x" } });
  });
});

describe("a line that has not been read", () => {
  test("is sent as it was typed, with when and where that was", () => {
    expect(linesAct({ text: "Call friday", dismissed: [{ start: 5, end: 11 }] }, { projectId: "p" }, said)).toEqual({
      kind: "lines",
      lines: { text: "Call friday", now: "2026-11-26T09:00:00.000Z", zone: "Europe/Berlin", locale: "en", ignore: [{ start: 5, end: 11 }], projectId: "p" },
    });
  });

  test("is due on the day of the list", () => {
    expect(linesAct({ text: "a\n\n b", dismissed: [] }, { day: "2026-11-28" }, said)).toMatchObject({ lines: { text: "a 2026-11-28\nb 2026-11-28" } });
  });
});
