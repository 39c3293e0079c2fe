import { type DBSchema, deleteDB, type IDBPDatabase, type IDBPTransaction, openDB, unwrap, wrap } from "idb";
import { differences } from "../store/indexes";
import { type Entities, type Kind, type Kinds, kinds, nothing, type Op, type State } from "../store/model";

/** Counts the forms of what is kept: what is there in an older one is read from the server anew. */
const schema = 1;

const dayMs = 24 * 60 * 60 * 1000;

/** How many objects are written at a stretch: in between, the page is drawn and answers. */
const atAStretch = 100;

/** What the server has, up to a place in the feed. */
export type Kept = Pick<State, "base" | "head">;

/** What changes of what is kept, in one transaction. */
export interface Batch {
  /** Acts by id as they are now; null: gone. */
  ops: ReadonlyMap<string, Op | null>;
  groups?: State["groups"] | undefined;
  /** from is what was kept so far, as far as this window knows; null: it does not matter. */
  entities?: { from: Kept | null; to: Kept } | undefined;
}

interface Tables extends DBSchema {
  entities: { key: [kind: string, id: string]; value: object };
  ops: { key: string; value: Op };
  meta: { key: "head" | "groups"; value: number | [string, string][] };
}

/** What the browser keeps of one person, between visits and for all windows. */
export class Storage {
  private constructor(private readonly db: IDBPDatabase<Tables>) {}

  /** Another version than the kept one begins anew. */
  static async open(user: string, version = schema): Promise<Storage> {
    const db = await openDB<Tables>(nameOf(user), version, {
      upgrade(old) {
        for (const table of ["entities", "meta"] as const) {
          if (old.objectStoreNames.contains(table)) old.deleteObjectStore(table);
          old.createObjectStore(table);
        }
        // Acts that were not sent yet outlive every change of the rest.
        if (!old.objectStoreNames.contains("ops")) old.createObjectStore("ops", { keyPath: "id" });
      },
      // A window of a newer version, or one that deletes all, waits: this one goes on without.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return new Storage(db);
  }

  close(): void {
    this.db.close();
  }

  /** The place in the feed up to which everything is kept; null when nothing is. */
  async head(): Promise<number | null> {
    return ((await this.db.get("meta", "head")) as number | undefined) ?? null;
  }

  /** The acts on their way, in the order in which they were done: ids grow with time. */
  ops(): Promise<Op[]> {
    return this.db.getAll("ops");
  }

  async groups(): Promise<State["groups"]> {
    return new Map((await this.db.get("meta", "groups")) as [string, string][] | undefined);
  }

  /** Everything, without tasks that were completed more than a day ago: those are forgotten. */
  async load(now: number): Promise<Kept | null> {
    const transaction = this.db.transaction(["entities", "meta"], "readwrite");
    const entities = transaction.objectStore("entities");
    const of = async <K extends Kind>(kind: K) => (await entities.getAll(IDBKeyRange.bound([kind], [kind, []]))) as Kinds[K][];
    const head = (await transaction.objectStore("meta").get("head")) as number | undefined;
    if (head === undefined) return null;
    const base = { ...nothing, settings: ((await entities.get(settingsKey)) as Entities["settings"] | undefined) ?? null };
    const tables = await Promise.all(kinds.map(async (kind) => [kind, new Map((await of(kind)).map((object) => [object.id, object]))] as const));
    const kept: Entities = { ...base, ...Object.fromEntries(tables) };
    const old = [...kept.tasks.values()].filter(({ completedAt }) => completedAt !== null && Date.parse(completedAt) < now - dayMs);
    await Promise.all([...old.map(({ id }) => entities.delete(["tasks", id])), transaction.done]);
    const forgotten = new Set(old.map(({ id }) => id));
    return { base: { ...kept, tasks: new Map([...kept.tasks].filter(([id]) => !forgotten.has(id))) }, head };
  }

  /** Objects and head are written together or not at all. */
  async write(batch: Batch): Promise<void> {
    const transaction = this.db.transaction(["entities", "ops", "meta"], "readwrite");
    await Promise.all([fill(transaction, batch), transaction.done]);
  }

  /** Forgets everything, and whose it was. */
  async remove(): Promise<void> {
    const transaction = this.db.transaction(["entities", "ops", "meta"], "readwrite");
    await Promise.all([transaction.objectStore("entities").clear(), transaction.objectStore("ops").clear(), transaction.objectStore("meta").clear(), transaction.done]);
    this.close();
    // A window that sleeps too deeply to close it has it deleted later: there is nothing in it by now.
    await new Promise<void>((resolve, reject) => void deleteDB(this.db.name, { blocked: () => resolve() }).then(resolve, reject));
  }
}

type Filled = IDBPTransaction<Tables, ["entities", "ops", "meta"], "readwrite">;

async function fill(transaction: Filled, { ops, groups, entities }: Batch): Promise<void> {
  const meta = transaction.objectStore("meta");
  const queue = transaction.objectStore("ops");
  const writes: Promise<unknown>[] = [...ops].map(([id, op]) => (op ? queue.put(op) : queue.delete(id)));
  if (groups) writes.push(meta.put([...groups], "groups"));
  if (entities) writes.push(fillEntities(transaction, entities));
  await Promise.all(writes);
}

async function fillEntities(transaction: Filled, { from, to }: NonNullable<Batch["entities"]>): Promise<void> {
  const meta = transaction.objectStore("meta");
  const kept = ((await meta.get("head")) as number | undefined) ?? -1;
  const anew = from === null || kept < from.head;
  // Another window may have written more already.
  if (!anew && kept > to.head) return;
  // A promise for each of ten thousand objects would cost more than to write them.
  const table = unwrap(transaction.objectStore("entities"));
  if (anew) table.clear();
  const base = anew ? nothing : from.base;
  let written = 0;
  for (const kind of kinds) {
    for (const [before, after] of differences<{ id: string }>(base[kind], to.base[kind])) {
      const request: IDBRequest = after ? table.put(after, [kind, after.id]) : table.delete([kind, before?.id ?? ""]);
      written += 1;
      if (written % atAStretch === 0) await wrap(request);
    }
  }
  if (to.base.settings && to.base.settings !== base.settings) table.put(to.base.settings, settingsKey);
  await meta.put(to.head, "head");
}

const settingsKey: [string, string] = ["settings", ""];

function nameOf(user: string): string {
  return `todoplatform-${user}`;
}
