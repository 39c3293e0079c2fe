import { useSyncExternalStore } from "react";

/** How often the present is renewed: due dates pass while the page is open. */
const tickMs = 30_000;

let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}

function current(): Date {
  // Nobody has renewed it while nobody looked.
  if (timer === undefined && Date.now() - now.getTime() > tickMs) now = new Date();
  return now;
}

/** The present, renewed twice a minute by one timer for all. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, current);
}

/** The zone of this device's clock. */
export function deviceZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
