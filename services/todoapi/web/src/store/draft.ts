import type { Settings } from "../api/types";
import { type Entities, type Kind, type Kinds, kinds, type Table } from "./model";

/** Entities being changed. Tables are copied when they are first written, and objects are never changed in place. */
export class Draft {
  private readonly copied = new Map<Kind, Map<string, Kinds[Kind]>>();
  private children: Map<string, string[]> | null = null;
  settings: Settings | null;

  constructor(private readonly from: Entities) {
    this.settings = from.settings;
  }

  table<K extends Kind>(kind: K): Table<K> {
    return (this.copied.get(kind) as Table<K> | undefined) ?? (this.from[kind] as Table<K>);
  }

  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    return this.table(kind).get(id);
  }

  put<K extends Kind>(kind: K, object: Kinds[K]): void {
    if (kind === "tasks") this.children = null;
    this.writable(kind).set(object.id, object);
  }

  /** Changes some fields of an object, if it is there. */
  patch<K extends Kind>(kind: K, id: string, fields: Partial<Kinds[K]>): void {
    const object = this.get(kind, id);
    if (object) this.put(kind, { ...object, ...fields });
  }

  remove(kind: Kind, id: string): void {
    if (!this.table(kind).has(id)) return;
    if (kind === "tasks") this.children = null;
    this.writable(kind).delete(id);
  }

  /** The ids of a task and of all below it. */
  branch(id: string): string[] {
    this.children ??= childrenOf(this.table("tasks").values());
    const ids = [id];
    for (const above of ids) ids.push(...(this.children.get(above) ?? [])); // which goes on with what it has added
    return ids;
  }

  done(): Entities {
    if (this.copied.size === 0 && this.settings === this.from.settings) return this.from;
    const tables = Object.fromEntries(kinds.map((kind) => [kind, this.table(kind)]));
    return { ...this.from, ...tables, settings: this.settings };
  }

  private writable(kind: Kind): Map<string, Kinds[Kind]> {
    let table = this.copied.get(kind);
    if (!table) {
      table = new Map<string, Kinds[Kind]>(this.from[kind]);
      this.copied.set(kind, table);
    }
    return table;
  }
}

function childrenOf(tasks: Iterable<Kinds["tasks"]>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const { id, parentId } of tasks) {
    if (parentId === null) continue;
    const siblings = children.get(parentId);
    if (siblings) siblings.push(id);
    else children.set(parentId, [id]);
  }
  return children;
}
