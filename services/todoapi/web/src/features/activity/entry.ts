import type { Change, Reminder } from "../../api/types";

/** One entry of the audit log: an event at its position in the user's chain. */
export interface AuditEntry {
  position: number;
  record: AuditRecord;
}

export interface AuditRecord {
  type: string;
  at: string;
  data: Change | Reminder;
}

export interface AuditPage {
  items: AuditEntry[];
  head: { position: number };
}

const verbs: Record<string, string> = {
  "task.created": "Added",
  "task.updated": "Changed",
  "task.completed": "Completed",
  "task.reopened": "Reopened",
  "task.deleted": "Deleted",
  "reminder.scheduled": "Reminder set for",
  "reminder.cancelled": "Reminder cancelled for",
  "reminder.fired": "Reminded of",
  "reminder.sent": "Reminder sent for",
  "reminder.failed": "Reminder failed for",
};

const actors: Record<string, string> = { "recurring-task": "by its repetition" };

export interface Sentence {
  verb: string;
  title: string;
  /** Who or what did it, unless it was the person. */
  by: string;
}

/** An event in words. A type that this build does not know is shown by its name. */
export function describeRecord({ type, data }: AuditRecord): Sentence {
  if (type === "user.created") return { verb: "Created the account", title: "", by: "" };
  const verb = verbs[type] ?? type;
  if ("reminderId" in data) return { verb, title: data.title, by: data.channel ? `by ${data.channel}` : "" };
  return { verb, title: data.after?.title ?? data.before?.title ?? "", by: actors[data.actor] ?? "" };
}
