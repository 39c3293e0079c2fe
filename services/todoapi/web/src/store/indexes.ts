import type { Task } from "../api/types";
import { dueDay, dueInstant } from "../time/due";
import { type Entities, nothing } from "./model";
import { byPosition, compare } from "./order";

/** Beyond so many changes at once it is cheaper to sort everything anew. */
const many = 500;

/** Tasks in sorted buckets. A bucket that changes is a new array, so that who reads it sees that by identity. */
class Index {
  private buckets = new Map<string, readonly Task[]>();

  constructor(
    private readonly keysOf: (task: Task) => readonly string[],
    private readonly order: (a: Task, b: Task) => number,
  ) {}

  get(key: string): readonly Task[] {
    return this.buckets.get(key) ?? none;
  }

  keys(): IterableIterator<string> {
    return this.buckets.keys();
  }

  build(tasks: Iterable<Task>): void {
    const filled = new Map<string, Task[]>();
    for (const task of tasks) {
      for (const key of this.keysOf(task)) {
        const bucket = filled.get(key);
        if (bucket) bucket.push(task);
        else filled.set(key, [task]);
      }
    }
    for (const bucket of filled.values()) bucket.sort(this.order);
    this.buckets = filled;
  }

  replace(before: Task | undefined, after: Task | undefined): void {
    if (before) for (const key of this.keysOf(before)) this.put(key, this.without(key, before));
    if (after) for (const key of this.keysOf(after)) this.put(key, this.withTask(key, after));
  }

  private put(key: string, tasks: readonly Task[]): void {
    if (tasks.length === 0) this.buckets.delete(key);
    else this.buckets.set(key, tasks);
  }

  private without(key: string, task: Task): readonly Task[] {
    return this.get(key).filter(({ id }) => id !== task.id);
  }

  private withTask(key: string, task: Task): readonly Task[] {
    const bucket = this.get(key);
    let low = 0;
    let high = bucket.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order(bucket[middle] ?? task, task) < 0) low = middle + 1;
      else high = middle;
    }
    return [...bucket.slice(0, low), task, ...bucket.slice(low)];
  }
}

const none: readonly Task[] = [];

/** The key of the inbox among projects. */
export const inbox = "inbox";

/** The open tasks by where they are, when they are due, their tags and what they are part of. */
export class Indexes {
  readonly byProject = new Index(open(({ projectId }) => [projectId ?? inbox]), byPosition);
  readonly byParent = new Index(({ parentId }) => (parentId === null ? [] : [parentId]), byPosition);
  readonly byTag = new Index(open(({ tags }) => tags), byPosition);
  readonly byDay: Index;
  private readonly all: readonly Index[];
  private tasks: Entities["tasks"] = nothing.tasks;

  /** zone is that in which the person's days begin and end. */
  constructor(readonly zone: string) {
    this.byDay = new Index(open((task) => (isDue(task) ? [dueDay(task.due, zone)] : [])), byUrgency(zone));
    this.all = [this.byProject, this.byParent, this.byTag, this.byDay];
  }

  /** Follows the tasks to how they are now. Those that are the same object are passed over. */
  follow(tasks: Entities["tasks"]): void {
    if (tasks === this.tasks) return;
    const changes = differences(this.tasks, tasks);
    if (changes.length > many) for (const index of this.all) index.build(tasks.values());
    else for (const [before, after] of changes) for (const index of this.all) index.replace(before, after);
    this.tasks = tasks;
  }
}

/** The objects that differ between two tables: before and after. */
export function differences<Value extends { id: string }>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): [before: Value | undefined, after: Value | undefined][] {
  if (before === after) return [];
  const found: [Value | undefined, Value | undefined][] = [];
  let added = 0;
  for (const [id, value] of after) {
    const was = before.get(id);
    if (was === value) continue;
    found.push([was, value]);
    if (was === undefined) added += 1;
  }
  if (before.size + added === after.size) return found; // nothing is gone
  for (const [id, value] of before) if (!after.has(id)) found.push([value, undefined]);
  return found;
}

type Due = Task & { due: NonNullable<Task["due"]> };

/** Whether a task is due at some time: a series that is paused is not. */
export function isDue(task: Task): task is Due {
  return task.due !== null && task.recurrence?.paused !== true;
}

function open(keysOf: (task: Task) => readonly string[]): (task: Task) => readonly string[] {
  return (task) => (task.completedAt === null ? keysOf(task) : []);
}

/** Within a day: what is more urgent first, then what is earlier, and whole days after times. */
function byUrgency(zone: string): (a: Task, b: Task) => number {
  const moment = (task: Task) => (task.due && dueInstant(task.due, zone)?.getTime()) ?? Number.POSITIVE_INFINITY;
  return (a, b) => a.priority - b.priority || compare(moment(a), moment(b)) || byPosition(a, b);
}
