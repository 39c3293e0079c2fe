import type { Act, Conflict, Op } from "../store/model";
import type { Event } from "../store/reduce";

/** What a person can decide about an act that could not be done. Each is an event for the store. */

/** The acts that cannot be done before the person has decided. */
export function needAttention(ops: readonly Op[]): readonly Op[] {
  return ops.filter(({ state }) => state === "refused" || state === "conflict");
}

export function discard({ id }: Op): Event {
  return { type: "drop", id };
}

/** Sends it once more as it is. */
export function retry({ id, act }: Op): Event {
  return { type: "again", id, act };
}

/** Has what was changed here stand against what was changed elsewhere, which has been seen by now. */
export function keepMine({ id, act, conflicts = [] }: Op): Event {
  return { type: "again", id, act: perCommand(act, conflicts, (command, own) => [{ ...command, was: { ...command.was, ...theirsOf(own) } }]) };
}

/** Leaves the fields that were changed elsewhere as they are there; the others are changed. */
export function takeTheirs({ id, act, conflicts = [] }: Op): Event {
  const left = perCommand(act, conflicts, (command, own) => {
    const gone = new Set(own.map(({ field }) => field));
    const fields = Object.fromEntries(Object.entries(command.fields ?? {}).filter(([field]) => !gone.has(field)));
    return Object.keys(fields).length === 0 ? [] : [{ ...command, fields }];
  });
  return left.kind === "commands" && left.commands.length === 0 ? { type: "drop", id } : { type: "again", id, act: left };
}

type Command = Extract<Act, { kind: "commands" }>["commands"][number];

function perCommand(act: Act, conflicts: readonly Conflict[], change: (command: Command, own: readonly Conflict[]) => readonly Command[]): Act {
  if (act.kind !== "commands") return act;
  const changed = act.commands.flatMap((command, at) => {
    const own = conflicts.filter((conflict) => conflict.command === at);
    return own.length === 0 ? [command] : change(command, own);
  });
  return { ...act, commands: changed };
}

function theirsOf(conflicts: readonly Conflict[]): Record<string, unknown> {
  return Object.fromEntries(conflicts.map((conflict) => [conflict.field, conflict.theirs]));
}
