import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { changeOf, taskOf } from "../testing/factories";
import type { ServerFrame } from "./frames";
import { LiveFeed, type LiveHandlers, Refused, type Socket } from "./socket";

/** The server's end of a WebSocket. */
class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: unknown[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.onopen?.call(this as unknown as WebSocket, {} as Event);
  }

  say(frame: ServerFrame | { type: "novelty" }): void {
    this.sayText(JSON.stringify(frame));
  }

  sayText(data: string): void {
    this.onmessage?.call(this as unknown as WebSocket, { data } as MessageEvent);
  }

  hangUp(code: number): void {
    this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent);
  }
}

const head = 10;
const welcome: ServerFrame = { type: "welcome", head, heartbeatSeconds: 8 };

function change(seq: number): ServerFrame {
  return { type: "change", seq, change: changeOf(seq, "task.created", taskOf({ id: `task-${seq}` })) };
}

type Overrides = Partial<Pick<LiveHandlers, "ticket" | "renewSession">>;

function start(overrides: Overrides = {}) {
  const sockets: FakeSocket[] = [];
  const seen: number[] = [];
  const handlers = {
    ticket: vi.fn(() => Promise.resolve(`ticket-${sockets.length}`)),
    renewSession: vi.fn(() => Promise.resolve(true)),
    resync: vi.fn(() => Promise.resolve(900)),
    onChange: vi.fn(({ seq }: { seq: number }) => seen.push(seq)),
    onReminder: vi.fn(),
    onConnection: vi.fn(),
    ...overrides,
  };
  const feed = new LiveFeed(head, handlers, {
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    random: () => 1,
    now: Date.now,
  });
  feed.start();
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  };
  return { feed, handlers, sockets, seen, last };
}

/** Starts a feed and brings it to live. */
async function live(overrides: Overrides = {}) {
  const started = start(overrides);
  await settle();
  started.last().accept();
  started.last().say(welcome);
  return started;
}

/** Lets promises that are already decided run. */
function settle(): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a connection", () => {
  test("says hello with a ticket and the last change it has", async () => {
    const { last, handlers } = await live();
    expect(last().sent).toEqual([{ type: "hello", ticket: "ticket-0", resume: { seq: head } }]);
    expect(handlers.onConnection.mock.calls).toEqual([["connecting"], ["live"]]);
  });

  test("hands on changes once and in order", async () => {
    const { last, seen } = await live();
    for (const seq of [11, 12, 12, 11, 13]) last().say(change(seq));
    expect(seen).toEqual([11, 12, 13]);
  });

  test("hands on reminders, and ignores what it does not know", async () => {
    const { last, handlers } = await live();
    const reminder = { userId: "u", reminderId: "r", taskId: "t", title: "Cake", at: "2026-03-11T09:00:00Z" };
    last().say({ type: "novelty" });
    last().say({ type: "reminder", event: "reminder.fired", reminder });
    expect(handlers.onReminder).toHaveBeenCalledExactlyOnceWith("reminder.fired", reminder);
  });
});

describe("on a gap", () => {
  test("it resumes after the last change it has", async () => {
    const { last, sockets, seen } = await live();
    last().say(change(11));
    last().say(change(13));
    expect(sockets[0]?.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    last().accept();
    expect(last().sent).toEqual([{ type: "hello", ticket: "ticket-1", resume: { seq: 11 } }]);
    last().say(welcome);
    last().say(change(12));
    last().say(change(13));
    expect(seen).toEqual([11, 12, 13]);
  });

  test("that only a heartbeat shows, it waits a moment for the change and then resumes", async () => {
    const { last, sockets } = await live();
    last().say({ type: "head", seq: 11 });
    last().say(change(11));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sockets).toHaveLength(1);

    last().say({ type: "head", seq: 12 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sockets).toHaveLength(2);
  });

  test("too wide to replay, it reads a snapshot and follows from there", async () => {
    const { last, handlers } = await live();
    last().say({ type: "snapshot_required" });
    await settle();
    last().accept();
    expect(handlers.resync).toHaveBeenCalledOnce();
    expect(last().sent).toEqual([{ type: "hello", ticket: "ticket-1", resume: { seq: 900 } }]);
  });
});

describe("after a loss", () => {
  test.each([1006, 1012, 1013, 4008])("with code %i it connects again", async (code) => {
    const { last, sockets, handlers } = await live();
    last().hangUp(code);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("offline");
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
    expect(handlers.renewSession).not.toHaveBeenCalled();
  });

  test("to a restart it goes elsewhere at once, but backs off when that fails too", async () => {
    const { last, sockets } = await live();
    last().hangUp(1012);
    await vi.advanceTimersByTimeAsync(100);
    expect(sockets).toHaveLength(2);
    last().hangUp(1012);
    await vi.advanceTimersByTimeAsync(999);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(3);
  });

  test("of the session it renews that first", async () => {
    const { last, sockets, handlers } = await live();
    last().hangUp(4401);
    await vi.advanceTimersByTimeAsync(500);
    expect(handlers.renewSession).toHaveBeenCalledOnce();
    expect(sockets).toHaveLength(2);
  });

  test("of the session for good it stays away", async () => {
    const { last, sockets } = await live({ renewSession: () => Promise.resolve(false) });
    last().hangUp(4401);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets).toHaveLength(1);
  });

  test("because it broke the protocol it stays away and says why", async () => {
    const { last, sockets, handlers } = await live();
    last().hangUp(4400);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets).toHaveLength(1);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("refused", expect.stringContaining("Load it anew"));
  });

  test("because this page may not sync it stays away and says why", async () => {
    const ticket = vi.fn(() => Promise.reject(new Refused("Open it at https://todo.example.org.")));
    const { feed, sockets, handlers } = start({ ticket });
    await settle();
    feed.wake();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ticket).toHaveBeenCalledOnce();
    expect(sockets).toHaveLength(0);
    expect(handlers.onConnection.mock.calls).toEqual([["connecting"], ["refused", "Open it at https://todo.example.org."]]);
  });

  test("waits longer after each failure", async () => {
    const ticket = vi.fn(() => Promise.reject(new Error("down")));
    const { sockets } = start({ ticket });
    await settle();
    for (const [wait, attempts] of [[500, 2], [1_000, 3], [2_000, 4], [4_000, 5]] as const) {
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(ticket).toHaveBeenCalledTimes(attempts - 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(ticket).toHaveBeenCalledTimes(attempts);
    }
    expect(sockets).toHaveLength(0);
  });

  test("connects at once when woken", async () => {
    const { feed, last, sockets } = await live();
    last().hangUp(1006);
    feed.wake();
    await settle();
    expect(sockets).toHaveLength(2);
  });

  test("is not made worse by waking a live connection", async () => {
    const { feed, sockets } = await live();
    feed.wake();
    await settle();
    expect(sockets).toHaveLength(1);
  });
});

describe("a silent server", () => {
  test("that never answers hello is left", async () => {
    const { sockets } = start();
    await settle();
    await vi.advanceTimersByTimeAsync(10_500);
    expect(sockets[0]?.closed).toBe(true);
    expect(sockets).toHaveLength(2);
  });

  test("is called dead within 20 seconds, and not because one heartbeat is lost", async () => {
    const { last, sockets, handlers } = await live();
    await vi.advanceTimersByTimeAsync(16_000);
    last().say({ type: "head", seq: head });
    await vi.advanceTimersByTimeAsync(17_500);
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("offline");
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
  });
});

describe("a hostile network", () => {
  test.each([
    ["half a frame", '{"type":"change","seq":11,"cha'],
    ["no JSON", "<html>Bad gateway</html>"],
    ["no object", "null"],
    ["a change without its place", '{"type":"change","change":{}}'],
  ])("that sends %s is left, and the feed resumes after what it has", async (_name, text) => {
    const { last, sockets, seen } = await live();
    last().say(change(11));
    last().sayText(text);
    expect(sockets[0]?.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    last().accept();
    expect(last().sent).toEqual([{ type: "hello", ticket: "ticket-1", resume: { seq: 11 } }]);
    last().say(welcome);
    last().say(change(12));
    expect(seen).toEqual([11, 12]);
  });

  test("that repeats, leaves out and mixes up still brings each change once and in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.integer({ min: 11, max: 30 }), { maxLength: 12 }), { maxLength: 6 }), async (connections) => {
        const { feed, last, seen } = await live();
        for (const seqs of connections) {
          for (const seq of seqs) last().say(change(seq));
          last().hangUp(1006);
          await vi.advanceTimersByTimeAsync(60_000);
          last().accept();
          last().say(welcome);
        }
        for (let seq = 11; seq <= 30; seq += 1) last().say(change(seq));
        feed.stop();
        expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => 11 + at));
      }),
    );
  });

  test("after a long sleep is not waited for: the person is back", async () => {
    const { feed, sockets } = await live();
    vi.setSystemTime(Date.now() + 3_600_000); // timers sleep with the device
    feed.wake();
    await settle();
    expect(sockets).toHaveLength(2);
  });
});

describe("a stopped feed", () => {
  test("closes, and nothing that comes late wakes it", async () => {
    const { feed, last, sockets, seen } = await live();
    feed.stop();
    last().say(change(11));
    last().hangUp(1006);
    feed.wake();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(last().closed).toBe(true);
    expect(seen).toEqual([]);
    expect(sockets).toHaveLength(1);
  });

  test("does not open a socket for a ticket that was on its way", async () => {
    const { feed, sockets } = start();
    feed.stop();
    await settle();
    expect(sockets).toHaveLength(0);
  });
});
