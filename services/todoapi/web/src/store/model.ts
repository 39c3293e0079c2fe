import type * as Api from "../api/generated/types.gen.ts";
import type { Settings, Task } from "../api/types";

/** What the store holds of each kind, by the name of its table. */
export interface Kinds {
  tasks: Task;
  projects: Api.Project;
  sections: Api.Section;
  tags: Api.Tag;
  filters: Api.Filter;
  comments: Api.Comment;
}

export type Kind = keyof Kinds;

export const kinds: readonly Kind[] = ["tasks", "projects", "sections", "tags", "filters", "comments"];

/** The tables by the entities of the change feed. */
export const tableOf: Readonly<Record<string, Kind>> = {
  task: "tasks",
  project: "projects",
  section: "sections",
  tag: "tags",
  filter: "filters",
  comment: "comments",
};

export type Table<K extends Kind> = ReadonlyMap<string, Kinds[K]>;

/**
 * All of a person that the page knows: everything but deleted tasks, and of completed ones those
 * that were completed while it looked or were asked for.
 */
export type Entities = { readonly [K in Kind]: Table<K> } & { readonly settings: Settings | null };

export const nothing: Entities = {
  tasks: new Map(),
  projects: new Map(),
  sections: new Map(),
  tags: new Map(),
  filters: new Map(),
  comments: new Map(),
  settings: null,
};

/** A command of the API (POST /commands). */
export interface Command {
  name: string;
  id: string;
  fields?: Readonly<Record<string, unknown>>;
  /** Of an update: what the fields were when the person changed them. It tells a conflict. */
  was?: Readonly<Record<string, unknown>>;
}

/** Lines for quick-add, as they were typed and when: they may be sent much later. */
export interface Lines {
  text: string;
  now: string;
  zone: string;
  locale: string;
  ignore?: Api.Ignored[];
  projectId?: string;
  sectionId?: string;
  parentId?: string;
}

/** What a person does at once, and can undo at once. */
export type Act =
  | { kind: "commands"; commands: readonly Command[] }
  | { kind: "lines"; lines: Lines }
  | { kind: "step"; name: "skip" | "resume"; id: string }
  | { kind: "undo"; opId: string };

/** Why the server did not do what it was asked for. */
export interface Refusal {
  message: string;
  status: number;
}

/** One field of an object that was changed here and elsewhere. */
export interface Conflict {
  command: number;
  field: string;
  yours: unknown;
  theirs: unknown;
}

/**
 * An act on its way to the server. It waits until its turn, is sent until an answer comes, and
 * goes when all that it changed has come back by the feed. One that cannot be done stays until
 * the person has seen why.
 */
export interface Op {
  /** Also the Idempotency-Key of its request and the opId of its changes. */
  id: string;
  /** When the person did it, in ms since 1970. */
  at: number;
  act: Act;
  state: "waiting" | "acknowledged" | "refused" | "conflict";
  /** The seq of its last change, once acknowledged. */
  seq?: number;
  refusal?: Refusal;
  conflicts?: readonly Conflict[];
}

export interface State {
  /** As the server has it, up to the change with seq head. */
  readonly base: Entities;
  readonly head: number;
  readonly ops: readonly Op[];
  /** The groups of acts that the server has done, by op: by these they are undone. */
  readonly groups: ReadonlyMap<string, string>;
  /** Tasks of which the feed has told that they are gone: what was read before must not bring them back. */
  readonly gone: ReadonlySet<string>;
}

export const initial: State = { base: nothing, head: 0, ops: [], groups: new Map(), gone: new Set() };
