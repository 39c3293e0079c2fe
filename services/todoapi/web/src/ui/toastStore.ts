import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  message: string;
  /** Errors and reminders stay until the person sends them away; the others leave by themselves. */
  tone: "plain" | "error" | "reminder";
  /** What can be done about it. Any of them sends it away. */
  actions?: readonly ToastAction[];
}

export interface ToastAction {
  label: string;
  /** In the words of a screen reader, where the label says too little. It begins or ends with the label. */
  name?: string;
  run: () => void;
}

/** More than this would cover the page. */
const shownAtOnce = 4;

export const stays = (toast: Toast): boolean => toast.tone !== "plain";

/** The toasts with one more. For a new one the oldest that leaves by itself makes room, never one that stays. */
export function withToast(toasts: readonly Toast[], toast: Toast): readonly Toast[] {
  const all = [...toasts, toast];
  if (all.length <= shownAtOnce) return all;
  const oldest = all.find((other) => !stays(other));
  return all.filter((other) => other !== oldest);
}

/** The toasts on the page, the newest last. Those that stay wait for room behind those that came before. */
export function shownOf(toasts: readonly Toast[]): readonly Toast[] {
  return toasts.slice(0, shownAtOnce);
}

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Returns by what it can be dismissed. */
export function showToast(toast: Omit<Toast, "id">): number {
  const id = nextId++;
  set(withToast(toasts, { ...toast, id }));
  return id;
}

export function hasToasts(): boolean {
  return toasts.length > 0;
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
