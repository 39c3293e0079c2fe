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

/** Whether the person has neither wanted it nor done without on this device. */
export function isDesktopUndecided(): boolean {
  const wanted = readStored(place);
  return wanted === null && stateOf(wanted) === "off";
}

/** Remembers that the person knows of it, and has not wanted it. */
export function leaveDesktop(): void {
  store(place, "off");
}

/** Switching it on asks the person: do it on a click alone. */
export async function switchDesktop(on: boolean): Promise<void> {
  store(place, on ? "on" : "off");
  if (on) await Notification.requestPermission();
}

/** The state, and a way to change it. */
export function useDesktop(): { state: Desktop; switchTo: (on: boolean) => void } {
  const [wanted] = useStored(place);
  const [, setAsked] = useState(0);
  // The answer is no part of what is stored.
  const switchTo = (on: boolean) => void switchDesktop(on).then(() => setAsked((times) => times + 1));
  return { state: stateOf(wanted), switchTo };
}

export interface DesktopNotice {
  /** Of several with the same tag, in this window or others, one is seen. */
  tag: string;
  /** The task that it is about. */
  about: string;
  /** What can be done about it, where the service worker shows it. */
  buttons: readonly { action: string; title: string }[];
}

/** Shows a notice outside of the page, if the person wants that and does not look at the page anyway. */
export function showOnDesktop(title: string, { tag, about, buttons }: DesktopNotice): void {
  if (stateOf(readStored(place)) !== "on" || document.hasFocus()) return;
  const options = { tag, icon: "/icon-192.png", data: about, actions: buttons };
  void workerOf().then((worker) => (worker ? worker.showNotification(title, options) : showByPage(title, options)));
}

/** Takes back a notice about which nothing is left to be done. */
export function hideOnDesktop(tag: string): void {
  if (stateOf(readStored(place)) !== "on") return;
  void workerOf().then(async (worker) => {
    for (const notice of (await worker?.getNotifications({ tag })) ?? []) notice.close();
  });
}

/** Calls listener with what the person chose on a notice, and what that is about. */
export function onDesktopAction(listener: (action: string, about: string) => void): () => void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const hear = ({ data }: MessageEvent<{ type?: string; action?: string; about?: string } | null>) => {
    if (data?.type === "notice") listener(String(data.action), String(data.about));
  };
  workers?.addEventListener("message", hear);
  return () => workers?.removeEventListener("message", hear);
}

/** The service worker, where there is one at work: a page that is worked on has none. */
async function workerOf(): Promise<ServiceWorkerRegistration | null> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const worker = await workers?.getRegistration();
  return worker?.active ? worker : null;
}

function showByPage(title: string, { tag, icon }: NotificationOptions): void {
  const notice = new Notification(title, { ...(tag !== undefined && { tag }), ...(icon !== undefined && { icon }) });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
}
