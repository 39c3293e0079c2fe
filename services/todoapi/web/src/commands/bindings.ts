import { useSyncExternalStore } from "react";
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

function stored(): Changes {
  try {
    return { ...unchanged, ...(JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Changes>) };
  } catch {
    return unchanged; // not ours, or no storage
  }
}

let changes: Changes | null = null;
const listeners = new Set<() => void>();

function current(): Changes {
  changes ??= stored();
  return changes;
}

function change(next: Changes): void {
  changes = next;
  try {
    localStorage.setItem(place, JSON.stringify(next));
  } catch {
    // Without storage it lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function bind(id: CommandId, keys: string): void {
  change({ ...current(), keys: { ...current().keys, [id]: keys } });
}

export function switchSingleKeys(on: boolean): void {
  change({ ...current(), singleKeys: on });
}

export function resetKeys(): void {
  change(unchanged);
}

export function useKeyChanges(): Changes {
  return useSyncExternalStore(subscribe, current);
}

let bindings: { of: Changes; are: Bindings } | null = null;

function currentBindings(): Bindings {
  if (bindings?.of !== current()) bindings = { of: current(), are: bindingsOf(current()) };
  return bindings.are;
}

/** The commands that have keys now, and which. */
export function useBindings(): Bindings {
  return useSyncExternalStore(subscribe, currentBindings);
}
