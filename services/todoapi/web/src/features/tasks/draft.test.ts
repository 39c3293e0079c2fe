import { describe, expect, test } from "vitest";
import { taskOf } from "../../testing/factories";
import { type Draft, draftOf, emptyDraft, faults, fieldsOf, patchOf } from "./draft";

const zone = "Europe/Berlin";

function draft(part: Partial<Draft>): Draft {
  return { ...emptyDraft(zone), title: "Water plants", ...part };
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
      name: "repeats by a rule as pasted",
      part: { date: "2026-03-12", repeat: "custom", rule: "rrule:freq=weekly; byday=MO" },
      fields: { recurrence: { rule: "FREQ=WEEKLY;BYDAY=MO", anchor: "schedule" } },
    },
    {
      name: "reads a reminder on the clock of the viewer",
      part: { reminders: [{ kind: "at", date: "2026-07-01", time: "10:00" }] },
      fields: { reminders: [{ at: "2026-07-01T08:00:00.000Z" }] },
    },
  ])("$name", ({ part, fields }) => {
    expect(fieldsOf(draft(part), zone)).toMatchObject(fields);
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
    { part: { date: "2026-03-12", repeat: "custom", rule: "sometimes" }, input: "rule" },
    { part: { reminders: [{ kind: "before", minutes: 5 }] }, input: "reminders" },
    { part: { reminders: [{ kind: "at", date: "2026-03-12", time: "" }] }, input: "reminders" },
    { part: { tags: "x".repeat(51) }, input: "tags" },
  ])("at fault in $input is refused there", ({ part, input }) => {
    expect(Object.keys(faults(draft(part)))).toEqual([input]);
  });

  test("without fault has none", () => {
    expect(faults(draft({ date: "2026-03-12", repeat: "FREQ=DAILY" }))).toEqual({});
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
