import type { Asked } from "../api/generated/types.gen.ts";
import { type Command, type Conflict, type Entities, tableOf } from "../store/model";
import { same } from "./same";

/**
 * What became of fields that this browser sent: the server writes some in its own spelling. A
 * later edit that was made on top of what was sent is no conflict with that.
 */
export class Written {
  private readonly fields = new Map<string, { sent: unknown; stored: unknown }>();

  note(commands: readonly Command[], results: readonly unknown[]): void {
    for (const [at, { id, fields = {} }] of commands.entries()) {
      const stored = (results[at] ?? {}) as Record<string, unknown>;
      for (const [field, sent] of Object.entries(fields)) {
        if (field in stored) this.fields.set(`${id} ${field}`, { sent, stored: stored[field] });
      }
    }
  }

  /** Whether a field is as the server wrote what was sent as before. */
  explains(id: string, field: string, before: unknown, now: unknown): boolean {
    const known = this.fields.get(`${id} ${field}`);
    return known !== undefined && same(known.sent, before) && same(known.stored, now);
  }
}

/** The fields of commands that somebody else has changed since the person saw them. */
export function conflictsOf(commands: readonly Command[], base: Entities, written: Written): Conflict[] {
  return commands.flatMap(({ id, name, fields = {}, was }, command) => {
    const object = objectOf(base, name, id);
    if (!object || !was) return [];
    return Object.entries(fields).flatMap(([field, yours]) => {
      const theirs = object[field];
      const undisturbed = same(theirs, was[field]) || same(theirs, yours) || written.explains(id, field, was[field], theirs);
      return undisturbed ? [] : [{ command, field, yours, theirs }];
    });
  });
}

/** Commands as the API takes them. An edit holds for the version that was looked at, and for no other. */
export function asked(commands: readonly Command[], base: Entities): Asked[] {
  const touched = new Set<string>();
  return commands.map(({ id, name, fields, was }) => {
    // A command before it in the same act makes another version of the object.
    const version = was && !touched.has(id) ? versionOf(objectOf(base, name, id)) : 0;
    touched.add(id);
    return { name, ...(id !== "" && { id }), ...(fields && { fields }), ...(version > 0 && { ifVersion: version }) };
  });
}

function objectOf(base: Entities, name: string, id: string): Record<string, unknown> | undefined {
  const kind = tableOf[name.split(".")[0] ?? ""];
  return kind && base[kind].get(id);
}

function versionOf(object: Record<string, unknown> | undefined): number {
  return typeof object?.version === "number" ? object.version : 0;
}
