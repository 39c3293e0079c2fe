import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Caches } from "../testing/caches";

/** What the service worker uses of its browser. The events are dispatched as the browser does. */
class Scope extends EventTarget {
  readonly caches = new Caches();
  readonly windows: { visibilityState: string; focus: () => unknown; postMessage: (message: unknown) => unknown }[] = [];
  readonly opened: string[] = [];
  readonly shown: [title: string, options: unknown][] = [];
  readonly location = { origin: "https://todo.example.com" };

  readonly clients = {
    matchAll: () => Promise.resolve(this.windows),
    openWindow: (url: string) => Promise.resolve(void this.opened.push(url)),
  };
  readonly registration = {
    showNotification: (title: string, options: unknown) => Promise.resolve(void this.shown.push([title, options])),
  };

  /** Dispatches an event, and waits for what was to be done. */
  async happens(type: string, fields: object): Promise<void> {
    const work: Promise<unknown>[] = [];
    this.dispatchEvent(Object.assign(new Event(type), fields, { waitUntil: (done: Promise<unknown>) => work.push(done) }));
    await Promise.all(work);
  }

  pushed(data: object): Promise<void> {
    return this.happens("push", { data: { json: () => data } });
  }

  async chosen(action: string, about: unknown): Promise<() => void> {
    const close = vi.fn();
    await this.happens("notificationclick", { action, notification: { data: about, close } });
    return close;
  }
}

let scope: Scope;

beforeEach(async () => {
  vi.resetModules();
  scope = new Scope();
  vi.stubGlobal("self", scope);
  vi.stubGlobal("__BUILD__", { version: "1", files: [] });
  await import("./sw");
});

afterEach(() => vi.unstubAllGlobals());

const plants = { reminderId: "r", taskId: "t", lang: "de", title: "Water plants", body: "Dienstag, 1. Dezember 2026", complete: "Erledigen", snooze: "In 10 Min." };
const window = (visibilityState: string) => ({ visibilityState, focus: vi.fn(), postMessage: vi.fn() });

describe("a reminder that is pushed", () => {
  test("is shown in its own words, and can be answered", async () => {
    await scope.pushed(plants);
    const actions = [
      { action: "complete", title: "Erledigen" },
      { action: "snooze", title: "In 10 Min." },
    ];
    expect(scope.shown).toEqual([["Water plants", { tag: "r", lang: "de", body: "Dienstag, 1. Dezember 2026", icon: "/icon-192.png", data: { taskId: "t" }, actions }]]);
  });

  test("has no buttons when it is about no task", async () => {
    await scope.pushed({ reminderId: "r", taskId: "", title: "3 tasks today", lang: "en", body: "", due: null });
    expect(scope.shown).toEqual([["3 tasks today", { tag: "r", lang: "en", body: "", icon: "/icon-192.png", data: { taskId: "" }, actions: [] }]]);
    await scope.chosen("", "");
    expect(scope.opened).toEqual(["/today"]);
  });

  test("is shown although a platform of the version before sends no words", async () => {
    await scope.pushed({ reminderId: "r", taskId: "t", title: "Water plants", due: null });
    expect(scope.shown).toEqual([["Water plants", { tag: "r", lang: "", body: "", icon: "/icon-192.png", data: { taskId: "t" }, actions: [] }]]);
  });

  test("is shown beside a window that nobody sees", async () => {
    scope.windows.push(window("hidden"));
    await scope.pushed(plants);
    expect(scope.shown).toHaveLength(1);
  });

  test("is left to a window that is seen", async () => {
    scope.windows.push(window("hidden"), window("visible"));
    await scope.pushed(plants);
    expect(scope.shown).toEqual([]);
  });

  test("without content is passed over", async () => {
    await scope.happens("push", { data: null });
    expect(scope.shown).toEqual([]);
  });
});

describe("what is chosen on a notice", () => {
  const left = async () => (await (await (await scope.caches.open("push")).match("/push/answer"))?.json()) as unknown;

  test("opens the task where no window is open", async () => {
    const close = await scope.chosen("", "t 1");
    expect(scope.opened).toEqual(["/today?task=t%201"]);
    expect(await left()).toBeUndefined();
    expect(close).toHaveBeenCalledOnce();
  });

  test("is left for the window that opens", async () => {
    await scope.chosen("complete", "t");
    expect(scope.opened).toEqual(["/today?task=t"]);
    expect(await left()).toEqual({ action: "complete", about: "t" });
  });

  test("is done by a window that is open", async () => {
    const open = window("hidden");
    scope.windows.push(open);
    await scope.chosen("snooze", "t");
    expect(open.postMessage).toHaveBeenCalledExactlyOnceWith({ type: "notice", action: "snooze", about: "t" });
    expect([scope.opened, await left()]).toEqual([[], undefined]);
  });

  describe("on one that was pushed", () => {
    const pushed = { taskId: "t", token: "ey.J0" };
    const asked = vi.fn<typeof fetch>();
    beforeEach(() => {
      asked.mockReset();
      vi.stubGlobal("fetch", asked);
    });
    const answering = (status: number) => asked.mockResolvedValue(new Response(null, { status }));

    test.each([
      ["complete", "complete"],
      ["snooze", "tenMinutes"],
    ])("is done without a window: %s", async (action, answer) => {
      answering(200);
      await scope.chosen(action, pushed);
      const [url, init] = asked.mock.calls[0] ?? [];
      expect(url).toBe("/api/v1/reminder-links/answer");
      expect(init).toMatchObject({ method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" } });
      expect(JSON.parse(init?.body as string)).toEqual({ token: "ey.J0", answer });
      expect([asked.mock.calls.length, scope.opened, await left()]).toEqual([1, [], undefined]);
    });

    test.each([
      ["the network is away", () => asked.mockRejectedValue(new TypeError("offline"))],
      ["the platform is", () => answering(503)],
      ["there were too many", () => answering(429)],
    ])("is left for the window that opens when %s", async (_name, fail) => {
      fail();
      await scope.chosen("complete", pushed);
      expect([scope.opened, await left()]).toEqual([["/today?task=t"], { action: "complete", about: "t" }]);
    });

    test("opens the task where it is too late", async () => {
      answering(409);
      await scope.chosen("snooze", pushed);
      expect([scope.opened, await left()]).toEqual([["/today?task=t"], undefined]);
    });

    test("opens the task where nothing was chosen", async () => {
      await scope.chosen("", pushed);
      expect([asked.mock.calls.length, scope.opened]).toEqual([0, ["/today?task=t"]]);
    });

    test("is done by a window that is open", async () => {
      const open = window("hidden");
      scope.windows.push(open);
      await scope.chosen("snooze", pushed);
      expect(open.postMessage).toHaveBeenCalledExactlyOnceWith({ type: "notice", action: "snooze", about: "t" });
      expect(asked).not.toHaveBeenCalled();
    });
  });

  test("brings a window to the front", async () => {
    const open = window("hidden");
    scope.windows.push(open);
    await scope.chosen("", "t");
    expect(open.focus).toHaveBeenCalledOnce();
  });
});
