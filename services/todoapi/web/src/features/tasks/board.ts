import type { Snapshot, Task } from "../../api/types";

/**
 * Every task that this window knows, open and completed, and the place in the change
 * feed up to which it knows them. The one copy that all views read.
 */
export interface Board {
  readonly head: number;
  /** The person's zone (IANA); null from a server that does not say. */
  readonly zone: string | null;
  readonly tasks: ReadonlyMap<string, Task>;
  /** Ids of deleted tasks: an older event or answer must not bring them back. */
  readonly deleted: ReadonlySet<string>;
}

export function boardOf(snapshot: Snapshot): Board {
  return {
    head: snapshot.head,
    zone: snapshot.settings?.zone ?? null,
    tasks: new Map(snapshot.tasks.map((task) => [task.id, task])),
    deleted: new Set(),
  };
}

/**
 * Takes tasks as the server last told them. Answers and events about one task arrive by
 * different ways in any order: only its version says which is newer.
 */
export function merge(board: Board, ...incoming: Task[]): Board {
  const news = incoming.filter((task) => {
    const known = board.tasks.get(task.id);
    return !board.deleted.has(task.id) && (!known || known.version <= task.version);
  });
  if (news.length === 0) return board;
  const tasks = new Map(board.tasks);
  for (const task of news) tasks.set(task.id, task);
  return { ...board, tasks };
}

export function remove(board: Board, id: string): Board {
  const tasks = new Map(board.tasks);
  tasks.delete(id);
  return { ...board, tasks, deleted: new Set(board.deleted).add(id) };
}

/** Undoes remove, for a deletion that the server refused. */
export function restore(board: Board, task: Task): Board {
  const deleted = new Set(board.deleted);
  deleted.delete(task.id);
  return merge({ ...board, deleted }, task);
}

/** Shows a change before the server confirms it. The version stays, so that any answer replaces it. */
export function guess(board: Board, id: string, change: Partial<Task>): Board {
  const task = board.tasks.get(id);
  if (!task) return board;
  return { ...board, tasks: new Map(board.tasks).set(id, { ...task, ...change }) };
}
