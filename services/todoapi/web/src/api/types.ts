/** Shapes of the REST API and of the change feed, as the server writes them. */

export type Priority = 1 | 2 | 3 | 4;

/** A day, or a local time on it in a zone. */
export interface Due {
  date: string; // YYYY-MM-DD
  time?: string; // HH:MM; absent: the whole day
  zone?: string; // IANA name; absent: the user's zone
}

export interface Recurrence {
  rule: string; // RFC 5545 RRULE without its name, such as FREQ=DAILY
  anchor: "schedule" | "completion";
}

/** Exactly one of at (RFC 3339) and minutesBefore is set. The server gives the id. */
export interface TaskReminder {
  id?: string;
  at?: string;
  minutesBefore?: number;
}

/** What a person writes about a task. */
export interface TaskFields {
  title: string;
  notes: string; // Markdown
  priority: Priority;
  tags: string[];
  due: Due | null;
  recurrence: Recurrence | null;
  reminders: TaskReminder[];
}

export interface Task extends TaskFields {
  id: string;
  version: number;
  series: { id: string; occurrence: number; start: Due } | null;
  completedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

/** A piece of a text that the server understood. Strings here count as startUTF16 and endUTF16 do. */
export interface Span {
  kind:
    | "date"
    | "time"
    | "duration"
    | "recurrence"
    | "deadline"
    | "priority"
    | "tag"
    | "project"
    | "section"
    | "reminder";
  start: number; // in bytes of UTF-8
  end: number;
  startUTF16: number;
  endUTF16: number;
  text: string;
}

/** What one line of text says, as far as tasks can hold it. */
export interface QuickAddTask {
  title: string;
  due?: Due;
  recurrence?: Recurrence;
  priority: Priority;
  tags: string[];
  reminders: TaskReminder[];
  spans: Span[];
}

/** What a recurrence means, written as a rule or in words. */
export interface RecurrencePreview extends Recurrence {
  text: string; // the rule as a sentence
  occurrences: string[]; // YYYY-MM-DD, or RFC 3339 with the offset of the zone
  more: boolean;
  start: Due; // of the first task
}

/** One entry of the change feed. seq counts 1, 2, 3, … for each user without gaps. */
export interface Change<State = unknown> {
  userId: string;
  seq: number;
  eventId: string;
  type: string; // <entity>.<verb>, such as task.updated
  entity: string; // task, project, section, tag, comment, filter, settings, account, session, token
  id: string; // of the object; of account and settings it is the user's
  version: number; // of the object after the change
  before?: State | null;
  after?: State | null;
  by: Actor;
  at: string;
}

/** Who made a change, and through what. */
export interface Actor {
  kind: "person" | "token" | "chat" | "agent" | "system";
  id: string; // user id, token id, or app id of the service that acted
  client?: string;
}

/** What a person has chosen for all of their windows. */
export interface Settings {
  version: number;
  zone: string; // IANA name
  locale: string;
  weekStart: number;
  dayStart: string; // HH:MM
}

/** One step in the life of a reminder. */
export interface Reminder {
  userId: string;
  reminderId: string;
  taskId: string;
  title: string;
  at: string; // when it is due
  channel?: string;
  error?: string;
}

/** One page of the open tasks. */
export interface Snapshot {
  head: number; // seq of the last change when the page was read
  settings?: Settings; // a server of the version before sends none
  tasks: Task[];
  next?: string; // cursor of the following page
}

export interface Page<Item> {
  items: Item[];
  next?: string; // cursor of the following page
}

export interface User {
  id: string;
  email: string;
  zone: string;
  emailVerified: boolean;
  emailVerificationRequired: boolean; // mail waits until the address is verified
}

export interface Session {
  user: User;
  accessToken: string;
  expiresIn: number; // seconds
}

export interface Ticket {
  ticket: string;
  expiresAt: string;
}
