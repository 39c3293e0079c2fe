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

/** Who or what did it: nobody is named where it was the person at a page. */
export type By = { kind: "repetition" } | { kind: "link" } | { kind: "program"; name: string } | { kind: "channel"; name: string } | null;

/** Something that happened, for people. */
export interface Happening {
  position: number;
  /** The type of the event, such as "task.completed", by which it is put into words. */
  type: string;
  at: string;
  /** What people call the object, or the form of an export; nothing for what has no name to them. */
  name: string;
  by: By;
  /** The fields that an update changed, by their names in the API. */
  fields: readonly string[];
  /** The act of which it is a part, by which it can be undone. */
  group: string | null;
  /** How many things of the same kind happened in the same act, or are told together, this one included. */
  count: number;
}

/** The log as happenings. What one act did to many objects of a kind is one of them, told by the latest. */
export function happeningsOf(entries: readonly AuditEntry[]): Happening[] {
  const all: Happening[] = [];
  for (const entry of entries) {
    const next = happeningOf(entry);
    const former = all.at(-1);
    if (former && next.group !== null && former.group === next.group && former.type === next.type) former.count += 1;
    else all.push(next);
  }
  return all;
}

function happeningOf({ position, record: { type, at, data } }: AuditEntry): Happening {
  const common = { position, type, at, fields: [], group: null, count: 1 };
  if ("reminderId" in data) return { ...common, name: data.title, by: data.channel ? { kind: "channel", name: data.channel } : null };
  if (!("entity" in data)) return { ...common, name: titleOf(data), by: data.actor === "recurring-task" ? { kind: "repetition" } : null };
  const details = (data.details ?? {}) as { form?: string; count?: number };
  const name = nameOf(data.entity, data.after) || nameOf(data.entity, data.before) || (details.form ?? "");
  return { ...common, name, count: details.count ?? 1, by: byOf(data.by), fields: type.endsWith(".updated") ? changedFields(data) : [], group: data.group ?? null };
}

function byOf({ kind, id, client }: Actor): By {
  if (kind === "link") return { kind };
  if (kind === "token" || kind === "agent") return { kind: "program", name: client ?? "" };
  return id === "recurring-task" ? { kind: "repetition" } : null;
}

/** The member by which people know an object. */
const namedBy: Record<string, string> = { task: "title", project: "name", section: "name", tag: "name", comment: "text", filter: "name", webhook: "url" };

const longestName = 120;

function nameOf(entity: string, state: unknown): string {
  const name = (state as Record<string, unknown> | null | undefined)?.[namedBy[entity] ?? ""];
  if (typeof name !== "string") return "";
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
}

function titleOf({ after, before }: Pick<FormerChange, "after" | "before">): string {
  return after?.title ?? before?.title ?? "";
}

/** What changes with every change, and what people do not see. */
const unseen = new Set(["version", "updatedAt", "series", "position"]);

function changedFields({ before, after }: Change): string[] {
  const was = (before ?? {}) as Record<string, unknown>;
  const is = (after ?? {}) as Record<string, unknown>;
  return Object.keys(is).filter((field) => !unseen.has(field) && JSON.stringify(was[field]) !== JSON.stringify(is[field]));
}

/** The happenings by the day on which they happened, as YYYY-MM-DD, in their order. */
export function byDay(happenings: readonly Happening[], dayOf: (at: Date) => string): { day: string; happenings: Happening[] }[] {
  const days: { day: string; happenings: Happening[] }[] = [];
  for (const happening of happenings) {
    const day = dayOf(new Date(happening.at));
    const last = days.at(-1);
    if (last?.day === day) last.happenings.push(happening);
    else days.push({ day, happenings: [happening] });
  }
  return days;
}

/** How long an act can be undone. */
const undoableMs = 24 * 60 * 60_000;

/** Undoing an act is one that can be undone, too; what concerns the account itself cannot. */
export function canUndo({ group, at, type }: Happening, now: Date): boolean {
  return group !== null && now.getTime() - Date.parse(at) < undoableMs && !/^(account|session|token)\./.test(type);
}
