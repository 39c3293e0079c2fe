import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  message: string;
  tone: "plain" | "error" | "reminder";
  action?: { label: string; run: () => void };
}

/** More than this and the oldest leaves: a burst must not cover the page. */
const limit = 4;

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function showToast(toast: Omit<Toast, "id">): void {
  set([...toasts, { ...toast, id: nextId++ }].slice(-limit));
}

export function dismissToast(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}
