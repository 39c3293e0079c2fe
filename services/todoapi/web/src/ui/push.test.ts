import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Caches } from "../testing/caches";
import { PushRefused, pushSupport, subscribeHere, subscriptionHere, takeAnswer, unsubscribeHere } from "./push";

/** What browsers have of push, as far as the app looks at it. */
class Manager {
  current: { endpoint: string; unsubscribe: () => Promise<boolean> } | null = null;
  asked: PushSubscriptionOptionsInit[] = [];
  reachable = true;

  getSubscription = () => Promise.resolve(this.current);
  subscribe = (options: PushSubscriptionOptionsInit) => {
    if (this.current) return Promise.reject(new Error("InvalidStateError"));
    if (!this.reachable) return Promise.reject(new Error("AbortError"));
    this.asked.push(options);
    return Promise.resolve(this.have(`https://push.example.com/${this.asked.length}`));
  };

  have(endpoint: string) {
    const unsubscribe = () => {
      this.current = null;
      return Promise.resolve(true);
    };
    this.current = { endpoint, unsubscribe };
    return this.current;
  }
}

let manager: Manager;
const notification = { permission: "default" as NotificationPermission, requestPermission: () => Promise.resolve("granted" as NotificationPermission) };
const key = () => Promise.resolve("the-key");

beforeEach(() => {
  manager = new Manager();
  vi.stubGlobal("window", { isSecureContext: true, PushManager: {} });
  vi.stubGlobal("Notification", notification);
  vi.stubGlobal("navigator", { serviceWorker: { getRegistration: () => Promise.resolve({ pushManager: manager }) } });
  vi.stubGlobal("caches", new Caches());
});

afterEach(() => vi.unstubAllGlobals());

describe("whether reminders can come here", () => {
  test.each<[string, () => void, string]>([
    ["they can", () => undefined, "available"],
    ["not on an insecure page", () => vi.stubGlobal("window", { isSecureContext: false, PushManager: {} }), "unavailable"],
    ["not without push", () => vi.stubGlobal("window", { isSecureContext: true }), "unavailable"],
    ["not without service workers", () => vi.stubGlobal("navigator", {}), "unavailable"],
    ["not against the person's will", () => vi.stubGlobal("Notification", { permission: "denied" }), "blocked"],
  ])("%s", (_name, change, want) => {
    change();
    expect(pushSupport()).toBe(want);
  });
});

test("a browser subscribes with the key of the platform, and leaves", async () => {
  expect(await subscriptionHere()).toBeNull();
  const made = await subscribeHere(key);
  expect(manager.asked).toEqual([{ userVisibleOnly: true, applicationServerKey: "the-key" }]);
  expect(await subscriptionHere()).toBe(made);
  await unsubscribeHere();
  expect(await subscriptionHere()).toBeNull();
});

test("a subscription that is left over makes room", async () => {
  manager.have("https://push.example.com/old");
  expect((await subscribeHere(key)).endpoint).toBe("https://push.example.com/1");
});

test("a person who does not allow it is asked for no key", async () => {
  vi.stubGlobal("Notification", { ...notification, requestPermission: () => Promise.resolve("denied") });
  const asked = vi.fn(key);
  await expect(subscribeHere(asked)).rejects.toEqual(new PushRefused("blocked"));
  expect(asked).not.toHaveBeenCalled();
});

test("a push service that is away is told from a person who forbids it", async () => {
  manager.reachable = false;
  await expect(subscribeHere(key)).rejects.toEqual(new PushRefused("unreachable"));
});

test("what the service worker left is taken once", async () => {
  expect(await takeAnswer()).toBeNull();
  await (await caches.open("push")).put("/push/answer", new Response('{"action":"complete","about":"a"}'));
  expect(await takeAnswer()).toEqual({ action: "complete", about: "a" });
  expect(await takeAnswer()).toBeNull();
});
