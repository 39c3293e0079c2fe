import { useMemo } from "react";
import { readStored, store, useStored } from "../ui/stored";
import { catalogue, type CommandId } from "./catalogue";

/** What a person has changed about the keys, on this device. */
export interface Changes {
  /** Off: keys without Ctrl, ⌘ or Alt do nothing (WCAG 2.1.4). */
  singleKeys: boolean;
  /** Keys by command; "" takes them away. */
  keys: Partial<Record<CommandId, string>>;
}

export type Bindings = ReadonlyMap<CommandId, string>;

const unchanged: Changes = { singleKeys: true, keys: {} };
const place = "todo.keys";

const withModifier = (keys: string) => /^(\$mod|Control|Meta|Alt)\+/.test(keys);

/** The commands that have keys, and which. */
export function bindingsOf({ singleKeys, keys }: Changes): Bindings {
  return new Map(
    catalogue
      .map((command) => [command.id, keys[command.id] ?? command.keys] as const)
      .filter(([, bound]) => bound !== "" && (singleKeys || withModifier(bound))),
  );
}

/** Another command that these keys, or the first of them, would run already. */
export function clashOf(id: CommandId, keys: string, changes: Changes): CommandId | undefined {
  const bound = bindingsOf({ ...changes, singleKeys: true });
  return [...bound].find(([other, taken]) => other !== id && (taken === keys || taken.startsWith(`${keys} `) || keys.startsWith(`${taken} `)))?.[0];
}

function parsed(text: string | null): Changes {
  try {
    return { ...unchanged, ...(JSON.parse(text ?? "{}") as Partial<Changes>) };
  } catch {
    return unchanged; // written by something else
  }
}

function change(change: (changes: Changes) => Changes): void {
  store(place, JSON.stringify(change(parsed(readStored(place)))));
}

export function bind(id: CommandId, keys: string): void {
  change((changes) => ({ ...changes, keys: { ...changes.keys, [id]: keys } }));
}

export function switchSingleKeys(on: boolean): void {
  change((changes) => ({ ...changes, singleKeys: on }));
}

export function resetKeys(): void {
  change(() => unchanged);
}

export function useKeyChanges(): Changes {
  const [text] = useStored(place);
  return useMemo(() => parsed(text), [text]);
}

/** The commands that have keys now, and which. */
export function useBindings(): Bindings {
  const changes = useKeyChanges();
  return useMemo(() => bindingsOf(changes), [changes]);
}
