import { useSyncExternalStore } from "react";

let said = "";
const listeners = new Set<() => void>();

/** Has screen readers say something when they are done with what they say now. */
export function announce(text: string): void {
  // The same words twice are said twice only if they differ.
  said = text === said ? `${text}\u00A0` : text;
  for (const listener of listeners) listener();
}

/** What is to be said now. */
export function useAnnouncement(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
}
