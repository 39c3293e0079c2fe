import type { Actor, Change, Reminder } from "../../api/types";

/** One entry of the audit log, whose record is an event. The API leaves open what those are. */
export interface AuditEntry {
  position: number;
  record: AuditRecord;
}

export interface AuditRecord {
  type: string;
  at: string;
  data: Change | FormerChange | Reminder;
}

/** A change from before changes had one form for every kind of object: the log keeps them as they were. */
export interface FormerChange {
  before?: { title: string } | null;
  after?: { title: string } | null;
  actor: string;
}

const verbs: Record<string, string> = {
  "task.created": "Added",
  "task.updated": "Changed",
  "task.completed": "Completed",
  "task.reopened": "Reopened",
  "task.deleted": "Deleted",
  "task.restored": "Restored",
  "project.created": "Added the project",
  "project.updated": "Changed the project",
  "project.deleted": "Deleted the project",
  "project.restored": "Restored the project",
  "section.created": "Added the section",
  "section.updated": "Changed the section",
  "section.deleted": "Deleted the section",
  "section.restored": "Restored the section",
  "tag.created": "Added the tag",
  "tag.updated": "Changed the tag",
  "tag.deleted": "Deleted the tag",
  "comment.created": "Commented",
  "comment.updated": "Changed the comment",
  "comment.deleted": "Deleted the comment",
  "filter.created": "Kept the filter",
  "filter.updated": "Changed the filter",
  "filter.deleted": "Deleted the filter",
  "account.created": "Created the account",
  "account.verification_requested": "Asked for the mail that verifies the address",
  "account.verified": "Verified the e-mail address",
  "session.ended": "Signed a device out",
  "settings.updated": "Changed the settings",
  "token.created": "Made an API token",
  "token.revoked": "Revoked an API token",
  "webhook.created": "Made a webhook",
  "webhook.updated": "Changed a webhook",
  "webhook.deleted": "Deleted a webhook",
  "webhook.tested": "Tested a webhook",
  "user.created": "Created the account",
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
  const verb = verbs[type] ?? type;
  if ("reminderId" in data) return { verb, title: data.title, by: data.channel ? `by ${data.channel}` : "" };
  if (!("entity" in data)) return { verb, title: titleOf(data), by: actors[data.actor] ?? "" };
  return { verb, title: nameOf(data.entity, data.after) || nameOf(data.entity, data.before), by: actorOf(data.by) };
}

function actorOf({ kind, id, client }: Actor): string {
  return kind === "token" ? `by ${client ?? "a program"}` : (actors[id] ?? "");
}

/** The member by which people know an object. */
const namedBy: Record<string, string> = { task: "title", project: "name", section: "name", tag: "name", comment: "text", filter: "name", webhook: "url" };

/** What people call an object; nothing for what has no name to them. */
function nameOf(entity: string, state: unknown): string {
  const name = (state as Record<string, unknown> | null | undefined)?.[namedBy[entity] ?? ""];
  return typeof name === "string" ? name : "";
}

function titleOf({ after, before }: Pick<FormerChange, "after" | "before">): string {
  return after?.title ?? before?.title ?? "";
}
