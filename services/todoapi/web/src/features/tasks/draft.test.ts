import { describe, expect, test } from "vitest";
import { taskOf } from "../../testing/factories";
import type { RecurrencePreview } from "../../api/types";
import { type Draft, draftOf, emptyDraft, faults, fieldsOf, patchOf, repeatTextOf } from "./draft";

const zone = "Europe/Berlin";

function draft(part: Partial<Draft>): Draft {
  return { ...emptyDraft(zone), title: "Water plants", ...part };
}

function preview(part: Partial<RecurrencePreview>): RecurrencePreview {
  return {
    rule: "FREQ=WEEKLY;BYDAY=MO", anchor: "schedule", text: "every Monday", occurrences: [], more: true,
    start: { date: "2026-03-16" }, ...part,
  };
}

describe("a draft", () => {
  test.each<{ name: string; part: Partial<Draft>; fields: object }>([
    { name: "has no due date without a day", part: {}, fields: { due: null, recurrence: null, reminders: [] } },
    { name: "of a whole day has no zone", part: { date: "2026-03-12" }, fields: { due: { date: "2026-03-12" } } },
    { name: "with a time has its zone", part: { date: "2026-03-12", time: "09:00" }, fields: { due: { date: "2026-03-12", time: "09:00", zone } } },
    { name: "takes each tag once", part: { tags: " home,#Garden, ,HOME" }, fields: { tags: ["home", "Garden"] } },
    {
      name: "repeats by a known rule",
      part: { date: "2026-03-12", repeat: "FREQ=DAILY", anchor: "completion" },
      fields: { recurrence: { rule: "FREQ=DAILY", anchor: "completion" } },
    },
    {
      name: "reads a reminder on the clock of the viewer",
      part: { reminders: [{ kind: "at", date: "2026-07-01", time: "10:00" }] },
      fields: { reminders: [{ at: "2026-07-01T08:00:00.000Z" }] },
    },
  ])("$name", ({ part, fields }) => {
    expect(fieldsOf(draft(part), zone)).toMatchObject(fields);
  });

  test("in words repeats as the server reads them, from where they begin", () => {
    const repeat = preview({ start: { date: "2026-03-16", time: "09:00", zone } });
    expect(fieldsOf(draft({ date: "2026-03-12", repeat: "custom", rule: "every monday at 9" }), zone, repeat)).toMatchObject({
      due: { date: "2026-03-16", time: "09:00", zone },
      recurrence: { rule: "FREQ=WEEKLY;BYDAY=MO", anchor: "schedule" },
    });
  });

  test("with a rule keeps its own due date", () => {
    const repeat = preview({ start: { date: "2026-03-12" } });
    expect(fieldsOf(draft({ date: "2026-03-12", time: "08:00", repeat: "custom", rule: "rrule:freq=weekly;byday=mo" }), zone, repeat)).toMatchObject({
      due: { date: "2026-03-12", time: "08:00", zone },
      recurrence: { rule: "FREQ=WEEKLY;BYDAY=MO" },
    });
  });

  test.each<{ name: string; part: Partial<Draft>; asked: object }>([
    { name: "words without a date", part: { rule: " every monday " }, asked: { text: "every monday" } },
    { name: "words from a date", part: { rule: "every monday", date: "2026-03-12" }, asked: { text: "every monday", start: "2026-03-12" } },
    {
      name: "a rule from a time",
      part: { rule: "FREQ=DAILY", date: "2026-03-12", time: "09:00", anchor: "completion" },
      asked: { rule: "FREQ=DAILY", anchor: "completion", start: "2026-03-12T09:00" },
    },
    { name: "a rule without a date, from today", part: { rule: "FREQ=DAILY" }, asked: { rule: "FREQ=DAILY", anchor: "schedule", start: "2026-03-10" } },
    {
      name: "what follows today when the date has passed",
      part: { rule: "every day", date: "2026-03-01" },
      asked: { text: "every day", start: "2026-03-01", after: "2026-03-10" },
    },
    {
      name: "what follows now when the time has passed",
      part: { rule: "every 3 hours", date: "2026-03-10", time: "08:00" },
      asked: { text: "every 3 hours", start: "2026-03-10T08:00", after: "2026-03-10T13:00" },
    },
  ])("asks the server about $name", ({ part, asked }) => {
    expect(repeatTextOf(draft({ repeat: "custom", ...part }), new Date("2026-03-10T12:00:00Z"))).toEqual(asked);
  });

  test("of a monthly task offers that by name, whether its clamp is spelled out or not", () => {
    const recurrence = { rule: "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", anchor: "schedule" } as const;
    expect(draftOf(taskOf({ id: "a", due: { date: "2026-03-31" }, recurrence }), zone).repeat).toBe("FREQ=MONTHLY");
  });

  test("of a task stands for that task", () => {
    const task = taskOf({
      id: "a",
      notes: "twice",
      priority: 2,
      tags: ["home"],
      due: { date: "2026-03-12", time: "09:00", zone: "America/New_York" },
      recurrence: { rule: "FREQ=WEEKLY;INTERVAL=2", anchor: "completion" },
      reminders: [{ id: "r1", minutesBefore: 45 }, { id: "r2", at: "2026-03-12T07:30:00.000Z" }],
    });
    const { title, notes, priority, tags, due, recurrence, reminders } = task;
    expect(fieldsOf(draftOf(task, zone), zone)).toEqual({ title, notes, priority, tags, due, recurrence, reminders });
  });

  test.each<{ part: Partial<Draft>; input: keyof Draft }>([
    { part: { title: "  " }, input: "title" },
    { part: { time: "09:00" }, input: "date" },
    { part: { repeat: "FREQ=DAILY" }, input: "date" },
    { part: { date: "2026-03-12", repeat: "custom", rule: " " }, input: "rule" },
    { part: { repeat: "custom", rule: "FREQ=DAILY" }, input: "date" },
    { part: { reminders: [{ kind: "before", minutes: 5 }] }, input: "reminders" },
    { part: { reminders: [{ kind: "at", date: "2026-03-12", time: "" }] }, input: "reminders" },
    { part: { tags: "x".repeat(51) }, input: "tags" },
  ])("at fault in $input is refused there", ({ part, input }) => {
    expect(Object.keys(faults(draft(part)))).toEqual([input]);
  });

  test("without fault has none", () => {
    expect(faults(draft({ date: "2026-03-12", repeat: "FREQ=DAILY" }))).toEqual({});
    expect(faults(draft({ repeat: "custom", rule: "every monday" }))).toEqual({});
  });
});

describe("a patch", () => {
  const before = fieldsOf(draft({ date: "2026-03-12", time: "09:00", tags: "home" }), zone);

  test("is none when nothing changed", () => {
    expect(patchOf(before, before)).toBeNull();
  });

  test("names only what changed", () => {
    expect(patchOf(before, { ...before, title: "Water trees" })).toEqual({ title: "Water trees" });
  });

  test("clears a dropped time, and a whole field, by null", () => {
    expect(patchOf(before, { ...before, due: { date: "2026-03-12" } })).toEqual({
      due: { date: "2026-03-12", time: null, zone: null },
    });
    expect(patchOf(before, { ...before, due: null })).toEqual({ due: null });
  });
});
