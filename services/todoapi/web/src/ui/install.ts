import { useSyncExternalStore } from "react";

/** What browsers that can install pages offer (Chromium alone does). */
interface InstallEvent extends Event {
  prompt: () => Promise<void>;
}

/** installed: this is the app; offered: the browser installs it when asked; byHand: the person finds it in a menu of the browser, if there. */
export type Install = "installed" | "offered" | "byHand";

let offer: InstallEvent | null = null;
const listeners = new Set<() => void>();

function setOffer(next: InstallEvent | null): void {
  offer = next;
  for (const listener of listeners) listener();
}

/** The browser offers it once, soon after the page was loaded: whoever wants to know later must have listened from then. */
export function watchInstall(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // no banner of its own
    setOffer(event as InstallEvent);
  });
  window.addEventListener("appinstalled", () => setOffer(null));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useInstall(): { state: Install; install: () => void } {
  const offered = useSyncExternalStore(subscribe, () => offer);
  const standalone = window.matchMedia("(display-mode: standalone)").matches;
  const install = () => {
    // It is good for one time.
    void offered?.prompt().finally(() => setOffer(null));
  };
  return { state: standalone ? "installed" : offered ? "offered" : "byHand", install };
}
