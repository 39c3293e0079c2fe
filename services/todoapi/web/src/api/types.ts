/** Shapes of the API by its document, in the words of the page, and of what only other services send. */

import type * as Api from "./generated/types.gen.ts";

export type { Account as User, Actor, Grant as Session, QuickAddTask, RecurrencePreview, Settings, Span, Task, TodoReminder as TaskReminder } from "./generated/types.gen.ts";

export type Priority = Api.Task["priority"];
export type Due = NonNullable<Api.Due>;
export type Recurrence = NonNullable<Api.Recurrence>;
export type Anchor = Api.RecurrencePreview["anchor"];

/** What a person writes about a task. */
export type TaskFields = Pick<Api.Task, "title" | "notes" | "priority" | "tags" | "due" | "recurrence" | "reminders">;

/** What the page holds of the open tasks. A server of the version before sends no settings. */
export type Snapshot = Pick<Api.Snapshot, "head" | "tasks"> & Partial<Pick<Api.Snapshot, "settings">>;

/** The members of a type that have names: those of a later version are of no use to this one. */
type Named<Type> = { [Name in keyof Type as string extends Name ? never : Name]: Type[Name] };

/** One entry of the change feed, about an object of which the kind is known. */
export type Change<State = unknown> = Omit<Named<Api.Change>, "before" | "after"> & { before?: State | null; after?: State | null };

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

export interface Ticket {
  ticket: string;
  expiresAt: string;
}
