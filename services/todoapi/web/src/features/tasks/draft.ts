import type { Due, Priority, Recurrence, Task, TaskFields, TaskReminder } from "../../api/types";
import { dayOf, instantOf } from "./due";
import { commonRules, tidyRule } from "./recurrence";

/** What the editor's inputs hold: text as typed, so that an unfinished value is no error yet. */
export interface Draft {
  title: string;
  notes: string;
  priority: Priority;
  tags: string; // separated by commas
  date: string; // YYYY-MM-DD or empty
  time: string; // HH:MM or empty
  zone: string; // of time
  repeat: string; // "", one of commonRules, or "custom"
  rule: string; // text of a custom rule
  anchor: Recurrence["anchor"];
  reminders: ReminderDraft[];
}

export type ReminderDraft =
  | { id?: string; kind: "before"; minutes: number }
  | { id?: string; kind: "at"; date: string; time: string };

export const custom = "custom";

export const limits = { title: 500, notes: 16 * 1024, tags: 20, tag: 50, reminders: 10 };

export function emptyDraft(zone: string): Draft {
  return {
    title: "",
    notes: "",
    priority: 4,
    tags: "",
    date: "",
    time: "",
    zone,
    repeat: "",
    rule: "",
    anchor: "schedule",
    reminders: [],
  };
}

/** The draft of a task. Moments are shown on the clock of the viewer's zone. */
export function draftOf(task: Task, zone: string): Draft {
  const rule = task.recurrence?.rule ?? "";
  const repeat = rule === "" || commonRules.some((known) => known.rule === rule) ? rule : custom;
  return {
    title: task.title,
    notes: task.notes,
    priority: task.priority,
    tags: task.tags.join(", "),
    date: task.due?.date ?? "",
    time: task.due?.time ?? "",
    zone: task.due?.zone ?? zone,
    repeat,
    rule: repeat === custom ? rule : "",
    anchor: task.recurrence?.anchor ?? "schedule",
    reminders: task.reminders.map((reminder) => reminderDraft(reminder, zone)),
  };
}

function reminderDraft(reminder: TaskReminder, zone: string): ReminderDraft {
  const id = reminder.id === undefined ? {} : { id: reminder.id };
  if (reminder.at === undefined) return { ...id, kind: "before", minutes: reminder.minutesBefore ?? 0 };
  const at = new Date(reminder.at);
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);
  return { ...id, kind: "at", date: dayOf(at, zone), time };
}

/** A message by input, for what the inputs themselves cannot refuse. Empty when the draft can be sent. */
export function faults(draft: Draft): Partial<Record<keyof Draft, string>> {
  const found: Partial<Record<keyof Draft, string>> = {};
  const tags = splitTags(draft.tags);
  if (draft.title.trim() === "") found.title = "A task needs a title.";
  if (tags.length > limits.tags) found.tags = `At most ${limits.tags} tags.`;
  if (tags.some((tag) => tag.length > limits.tag)) found.tags = `A tag has at most ${limits.tag} characters.`;
  if (draft.time !== "" && draft.date === "") found.date = "A time needs a date.";
  if (draft.repeat !== "" && draft.date === "") found.date = "A repeating task needs a date to start from.";
  if (draft.repeat === custom && !/(^|;)FREQ=/.test(tidyRule(draft.rule))) {
    found.rule = "A rule names at least its frequency, such as FREQ=WEEKLY;INTERVAL=2.";
  }
  if (draft.reminders.some((reminder) => reminder.kind === "before") && draft.date === "") {
    found.reminders = "A reminder before the task is due needs a date.";
  }
  if (draft.reminders.some((reminder) => reminder.kind === "at" && (reminder.date === "" || reminder.time === ""))) {
    found.reminders = "Choose the day and the time of the reminder.";
  }
  return found;
}

/** The fields that a draft stands for. Moments are read on the clock of the viewer's zone. */
export function fieldsOf(draft: Draft, zone: string): TaskFields {
  return {
    title: draft.title.trim(),
    notes: draft.notes,
    priority: draft.priority,
    tags: splitTags(draft.tags),
    due: dueOf(draft),
    recurrence: recurrenceOf(draft),
    reminders: draft.reminders.map((reminder) => reminderOf(reminder, zone)),
  };
}

function dueOf({ date, time, zone }: Draft): Due | null {
  if (date === "") return null;
  return time === "" ? { date } : { date, time, zone };
}

function recurrenceOf({ repeat, rule, anchor }: Draft): Recurrence | null {
  if (repeat === "") return null;
  return { rule: repeat === custom ? tidyRule(rule) : repeat, anchor };
}

function reminderOf(reminder: ReminderDraft, zone: string): TaskReminder {
  const id = reminder.id === undefined ? {} : { id: reminder.id };
  if (reminder.kind === "before") return { ...id, minutesBefore: reminder.minutes };
  return { ...id, at: instantOf(reminder.date, reminder.time, zone).toISOString() };
}

/** Tags as typed, trimmed, each once whatever its case. */
function splitTags(text: string): string[] {
  const seen = new Map<string, string>();
  for (const part of text.split(",")) {
    const tag = part.trim().replace(/^#/, "");
    if (tag !== "" && !seen.has(tag.toLowerCase())) seen.set(tag.toLowerCase(), tag);
  }
  return [...seen.values()];
}

/** The merge patch (RFC 7386) from what an editor opened with to what it holds now; null when they are equal. */
export function patchOf(before: TaskFields, after: TaskFields): Partial<TaskFields> | null {
  const changed = (Object.keys(after) as (keyof TaskFields)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (changed.length === 0) return null;
  return Object.fromEntries(changed.map((name) => [name, clearing(before[name], after[name])]));
}

/** A merge patch keeps the members it does not name, so a dropped time must be named as null. */
function clearing(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return after;
  const dropped = Object.keys(before).filter((name) => !(name in after));
  return { ...after, ...Object.fromEntries(dropped.map((name) => [name, null])) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
