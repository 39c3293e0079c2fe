/** Whether reminders can come to this browser while no page is open: unavailable where it cannot, blocked where the person has forbidden it. */
export type PushSupport = "unavailable" | "blocked" | "available";

export function pushSupport(): PushSupport {
  if (!window.isSecureContext || typeof Notification === "undefined" || !("serviceWorker" in navigator) || !("PushManager" in window)) return "unavailable";
  return Notification.permission === "denied" ? "blocked" : "available";
}

/** Why a browser that could does not subscribe. */
export class PushRefused extends Error {
  constructor(readonly reason: "blocked" | "unreachable") {
    super(reason);
  }
}

/** The subscription that this browser has, whoever made it. */
export async function subscriptionHere(): Promise<PushSubscription | null> {
  if (pushSupport() === "unavailable") return null;
  const worker = await navigator.serviceWorker.getRegistration();
  return (await worker?.pushManager.getSubscription()) ?? null;
}

/** Asks the person, and subscribes: do it on a click alone. keyOf tells the key of the platform. */
export async function subscribeHere(keyOf: () => Promise<string>): Promise<PushSubscription> {
  if ((await Notification.requestPermission()) !== "granted") throw new PushRefused("blocked");
  const applicationServerKey = await keyOf();
  const worker = await navigator.serviceWorker.getRegistration();
  if (!worker) throw new PushRefused("unreachable");
  // One that is left over may be another platform's, or another key's.
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }).catch(() => {
    throw new PushRefused("unreachable");
  });
}

/** Ends the subscription of this browser. The platform learns of it when it next sends something. */
export async function unsubscribeHere(): Promise<void> {
  await (await subscriptionHere())?.unsubscribe();
}

/** What was chosen on a notice while no window was open. */
export interface PushAnswer {
  action: string;
  about: string;
}

/** What the service worker (src/worker/push.ts) leaves for the app: there is no other store that both have. */
const shelf = { name: "push", answer: "/push/answer" };

/** Takes what the service worker has left, which is done once. */
export async function takeAnswer(): Promise<PushAnswer | null> {
  if (pushSupport() === "unavailable") return null;
  const cache = await caches.open(shelf.name);
  const left = await cache.match(shelf.answer);
  return left && (await cache.delete(shelf.answer)) ? ((await left.json()) as PushAnswer) : null;
}
