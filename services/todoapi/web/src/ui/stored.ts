import { useCallback, useSyncExternalStore } from "react";

/** What this device remembers about how somebody wants the page, by names. All of it is text. */
const kept = new Map<string, string | null>();
const listeners = new Set<() => void>();

export function readStored(name: string): string | null {
  if (!kept.has(name)) {
    try {
      kept.set(name, localStorage.getItem(name));
    } catch {
      kept.set(name, null); // no storage
    }
  }
  return kept.get(name) ?? null;
}

export function store(name: string, value: string): void {
  kept.set(name, value);
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without storage it lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** What the names begin with of that which is a person's own: it is forgotten when they sign out. */
export const storedFor = (user: string) => `todo.${user}.`;

/** Has the device forget all that it remembers under names that begin so. */
export function forgetStored(beginning: string): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(beginning)) localStorage.removeItem(name);
  } catch {
    // Without storage there is nothing to forget.
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Something that this device remembers, and a way to change it. */
export function useStored(name: string): [value: string | null, set: (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => readStored(name));
  const set = useCallback((next: string) => store(name, next), [name]);
  return [value, set];
}
