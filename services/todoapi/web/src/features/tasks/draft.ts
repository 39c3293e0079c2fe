import type { Anchor, Due, Priority, Recurrence, RecurrencePreview, TaskFields, TaskReminder } from "../../api/types";
import { dayOf, instantOf, isOverdue, timeOf } from "../../time/due";
import type { RepeatText } from "./previews";
import { commonRules, isRule, withoutClamp } from "./recurrence";

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
  rule: string; // how a custom one repeats, in words or as a rule
  anchor: Anchor;
  reminders: ReminderDraft[];
}

export type ReminderDraft =
  | { id?: string; kind: "before"; minutes: number }
  | { id?: string; kind: "at"; date: string; time: string };

export const custom = "custom";

export const limits = { line: 1000, paste: { lines: 100, length: 16 * 1024 }, title: 500, rule: 500, notes: 16 * 1024, tags: 20, tag: 50, reminders: 10 };

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
export function draftOf(task: TaskFields, zone: string): Draft {
  const rule = withoutClamp(task.recurrence?.rule ?? "");
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
  return { ...id, kind: "at", date: dayOf(at, zone), time: timeOf(at, zone) };
}

/** A message by input, for what the inputs themselves cannot refuse. Empty when the draft can be sent. */
export function faults(draft: Draft): Partial<Record<keyof Draft, string>> {
  const found: Partial<Record<keyof Draft, string>> = {};
  const tags = splitTags(draft.tags);
  if (draft.title.trim() === "") found.title = "A task needs a title.";
  if (tags.length > limits.tags) found.tags = `At most ${limits.tags} tags.`;
  if (tags.some((tag) => tag.length > limits.tag)) found.tags = `A tag has at most ${limits.tag} characters.`;
  if (draft.time !== "" && draft.date === "") found.date = "A time needs a date.";
  if (draft.repeat !== "" && draft.date === "" && !repeatsInWords(draft)) found.date = "A repeating task needs a date to start from.";
  if (draft.repeat === custom && draft.rule.trim() === "") found.rule = "Say how it repeats, such as “every 2 weeks”.";
  if (draft.reminders.some((reminder) => reminder.kind === "before") && draft.date === "") {
    found.reminders = "A reminder before the task is due needs a date.";
  }
  if (draft.reminders.some((reminder) => reminder.kind === "at" && (reminder.date === "" || reminder.time === ""))) {
    found.reminders = "Choose the day and the time of the reminder.";
  }
  return found;
}

/** Whether a draft says in words how it repeats: they may say when it begins, too. */
function repeatsInWords({ repeat, rule }: Draft): boolean {
  return repeat === custom && !isRule(rule);
}

/** What to ask the server about a custom repetition: what it means, and what follows the due date and the present. */
export function repeatTextOf(draft: Draft, now: Date): RepeatText {
  const due = dueOf(draft);
  const text = draft.rule.trim();
  const past = due !== null && isOverdue(due, now, draft.zone);
  return {
    ...(repeatsInWords(draft)
      ? { text, ...(due && { start: localTime(due) }) }
      : { rule: text, anchor: draft.anchor, start: localTime(due ?? { date: dayOf(now, draft.zone) }) }),
    ...(past && { after: due.time ? `${dayOf(now, draft.zone)}T${timeOf(now, draft.zone)}` : dayOf(now, draft.zone) }),
  };
}

function localTime({ date, time }: Due): string {
  return time ? `${date}T${time}` : date;
}

/**
 * The fields that a draft stands for. Moments are read on the clock of the viewer's zone.
 * repeat is what the server made of a custom repetition.
 */
export function fieldsOf(draft: Draft, zone: string, repeat?: RecurrencePreview): TaskFields {
  return {
    title: draft.title.trim(),
    notes: draft.notes,
    priority: draft.priority,
    tags: splitTags(draft.tags),
    due: repeat && repeatsInWords(draft) ? repeat.start : dueOf(draft),
    recurrence: recurrenceOf(draft, repeat),
    reminders: draft.reminders.map((reminder) => reminderOf(reminder, zone)),
  };
}

function dueOf({ date, time, zone }: Draft): Due | null {
  if (date === "") return null;
  return time === "" ? { date } : { date, time, zone };
}

function recurrenceOf(draft: Draft, preview?: RecurrencePreview): Recurrence | null {
  if (draft.repeat === "") return null;
  if (draft.repeat !== custom) return { rule: draft.repeat, anchor: draft.anchor };
  return { rule: preview?.rule ?? draft.rule, anchor: preview?.anchor ?? draft.anchor };
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
