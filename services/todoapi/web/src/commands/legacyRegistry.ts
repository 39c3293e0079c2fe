import { useEffect, useSyncExternalStore } from "react";
import { type Command, commandFor } from "./legacyCommand";

let all: readonly Command[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Command[]): void {
  all = next;
  for (const listener of listeners) listener();
}

/** Offers commands while the calling component is shown. The array must stay the same between renders. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    set([...all, ...commands]);
    return () => set(all.filter((command) => !commands.includes(command)));
  }, [commands]);
}

/** Every command on offer now. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}

/** Runs commands by their keys. */
export function useCommandKeys(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const command = commandFor(event, all);
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
