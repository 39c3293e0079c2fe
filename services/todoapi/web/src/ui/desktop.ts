import { useState } from "react";
import { readStored, store, useStored } from "./stored";

/** Whether this device shows notices outside of the page: unavailable where browsers cannot, blocked where the person has forbidden it. */
export type Desktop = "unavailable" | "blocked" | "off" | "on";

const place = "todo.desktop";

function stateOf(wanted: string | null): Desktop {
  if (typeof Notification === "undefined" || !window.isSecureContext) return "unavailable";
  if (Notification.permission === "denied") return "blocked";
  return wanted === "on" && Notification.permission === "granted" ? "on" : "off";
}

/** The state, and a way to change it. Switching it on asks the person: do it on a click alone. */
export function useDesktop(): { state: Desktop; switchTo: (on: boolean) => void } {
  const [wanted] = useStored(place);
  const [, setAsked] = useState(0);
  const switchTo = (on: boolean) => {
    store(place, on ? "on" : "off");
    // The answer is no part of what is stored.
    if (on) void Notification.requestPermission().then(() => setAsked((times) => times + 1));
  };
  return { state: stateOf(wanted), switchTo };
}

/**
 * Shows a notice outside of the page, if the person wants that and does not look at the page anyway.
 * Of several windows with the same tag one is seen.
 */
export function showOnDesktop(title: string, tag: string): void {
  if (stateOf(readStored(place)) !== "on" || document.hasFocus()) return;
  const options = { tag, icon: "/icon-192.png" };
  try {
    const notice = new Notification(title, options);
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
  } catch {
    // Phones leave that to the service worker.
    void navigator.serviceWorker.getRegistration().then((worker) => worker?.showNotification(title, options));
  }
}
