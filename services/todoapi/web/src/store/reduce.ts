import type { Change, Settings, Task } from "../api/types";
import { Draft } from "./draft";
import { type Conflict, type Entities, type Kinds, type Op, type Refusal, type State, tableOf } from "./model";
import { predict } from "./predict";

/** All that can happen to the state. Other tabs tell each other the same events. */
export type Event =
  /** What this browser kept of the last visit. */
  | { type: "loaded"; base: Entities; head: number; ops: readonly Op[]; groups: State["groups"] }
  /** Everything anew from the server, up to head. */
  | { type: "snapshot"; base: Entities; head: number }
  /** What the server tells: the changes after head, in order. */
  | { type: "changes"; changes: readonly Change[] }
  /** Tasks that were asked for: completed ones are no part of a snapshot. */
  | { type: "learned"; tasks: readonly Task[] }
  | { type: "enqueue"; op: Op }
  /** The server has done it: seq is the last change of the act, group its name for an undo. */
  | { type: "reply"; id: string; seq: number; group: string | null }
  | { type: "refuse"; id: string; refusal: Refusal }
  | { type: "conflict"; id: string; conflicts: readonly Conflict[] }
  /** Has an op wait once more, perhaps with another act. */
  | { type: "again"; id: string; act: Op["act"] }
  /** The person has taken it back, or has seen why it was refused. */
  | { type: "drop"; id: string };

/** How many acts can be undone: more are not remembered. */
const undoable = 200;

/** The only writer of the state. */
export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case "loaded":
      return settled({ base: event.base, head: event.head, ops: event.ops, groups: event.groups, gone: new Set() });
    case "snapshot":
      // A snapshot older than what is known would take changes back.
      return event.head < state.head ? state : settled({ ...state, base: event.base, head: event.head });
    case "changes":
      return settled(follow(state, event.changes));
    case "learned":
      return learn(state, event.tasks);
    case "enqueue":
      return state.ops.some(({ id }) => id === event.op.id) ? state : { ...state, ops: [...state.ops, event.op] };
    case "reply":
      return settled({
        ...withOp(state, event.id, { state: "acknowledged", seq: event.seq }),
        groups: remember(state.groups, event.id, event.group),
      });
    case "refuse":
      return withOp(state, event.id, { state: "refused", refusal: event.refusal });
    case "conflict":
      return withOp(state, event.id, { state: "conflict", conflicts: event.conflicts });
    case "again":
      return withOp(state, event.id, { state: "waiting", act: event.act });
    case "drop":
      return { ...state, ops: state.ops.filter(({ id }) => id !== event.id) };
  }
}

/** The state as the person sees it: what the server has, with all that is on its way on top. */
export function view({ base, ops }: Pick<State, "base" | "ops">): Entities {
  const shown = standing(ops.filter(({ state }) => state === "waiting" || state === "acknowledged"));
  if (shown.length === 0) return base;
  const draft = new Draft(base);
  for (const op of shown) predict(draft, op);
  return draft.done();
}

/** Acts without those that a later one takes back. An undo can be taken back as well. */
function standing(ops: readonly Op[]): readonly Op[] {
  const undone = new Set<string>();
  for (const { id, act } of [...ops].reverse()) if (act.kind === "undo" && !undone.has(id)) undone.add(act.opId);
  return undone.size === 0 ? ops : ops.filter(({ id }) => !undone.has(id));
}

/** Whether changes go on where the state is. Otherwise some are missing in between. */
export function goesOn({ head }: State, changes: readonly Change[]): boolean {
  const next = changes.find(({ seq }) => seq > head);
  return next === undefined || next.seq === head + 1;
}

function follow(state: State, changes: readonly Change[]): State {
  const news = changes.filter(({ seq }, at) => seq > state.head && seq === (changes[at - 1]?.seq ?? seq - 1) + 1);
  const lastOne = news.at(-1);
  if (!lastOne || !goesOn(state, news)) return state;
  const draft = new Draft(state.base);
  for (const change of news) apply(draft, change);
  return { ...state, base: draft.done(), head: lastOne.seq, gone: goneAfter(state.gone, news), ...told(state, news) };
}

function goneAfter(gone: State["gone"], changes: readonly Change[]): State["gone"] {
  const ofTasks = changes.filter(({ entity, id, after }) => entity === "task" && (!after || gone.has(id)));
  if (ofTasks.length === 0) return gone;
  const next = new Set(gone);
  for (const { id, after } of ofTasks) {
    if (after) next.delete(id);
    else next.add(id);
  }
  return next;
}

/** Takes in what the state does not know yet. What it knows is what the feed told, which alone is in order. */
function learn(state: State, tasks: readonly Task[]): State {
  const draft = new Draft(state.base);
  for (const task of tasks) if (!state.gone.has(task.id) && !draft.get("tasks", task.id)) draft.put("tasks", task);
  const base = draft.done();
  return base === state.base ? state : { ...state, base };
}

/** Acts of which a change comes have been done, also when their answer was lost. */
function told({ ops, groups }: State, news: readonly Change[]): Pick<State, "ops" | "groups"> {
  const changes = new Map(news.map((change) => [change.opId, change]));
  const done = ops.filter(({ id, state }) => state !== "acknowledged" && changes.has(id));
  if (done.length === 0) return { ops, groups };
  return {
    ops: ops.map((op) => (done.includes(op) ? withoutVerdict(op, { state: "acknowledged", seq: changes.get(op.id)?.seq ?? 0 }) : op)),
    groups: done.reduce((known, { id }) => remember(known, id, changes.get(id)?.group ?? null), groups),
  };
}

function apply(draft: Draft, change: Change): void {
  if (change.entity === "settings") {
    draft.settings = (change.after as Settings | null | undefined) ?? draft.settings;
    return;
  }
  const kind = tableOf[change.entity];
  if (kind === undefined) return; // of what the page does not show
  if (change.after) draft.put(kind, change.after as Kinds[typeof kind]);
  else draft.remove(kind, change.id);
}

/** Lets go of what has come back by the feed. */
function settled(state: State): State {
  const ops = state.ops.filter((op) => op.state !== "acknowledged" || (op.seq ?? 0) > state.head);
  return ops.length === state.ops.length ? state : { ...state, ops };
}

function withOp(state: State, id: string, change: Partial<Op>): State {
  return { ...state, ops: state.ops.map((op) => (op.id === id ? withoutVerdict(op, change) : op)) };
}

function withoutVerdict(op: Op, change: Partial<Op>): Op {
  const { id, at, act } = op;
  return { id, at, act, state: op.state, ...change };
}

function remember(groups: State["groups"], id: string, group: string | null): State["groups"] {
  if (group === null) return groups;
  const next = new Map(groups).set(id, group);
  const [oldest] = next.keys();
  if (next.size > undoable && oldest !== undefined) next.delete(oldest);
  return next;
}
