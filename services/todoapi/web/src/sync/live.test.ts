import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { changeOf, taskOf } from "../testing/factories";
import type { Hello, ServerFrame } from "./frames";
import { LiveFeed, type LiveHandlers, Refused } from "./live";
import type { OpenWire, Way, Wire, WireHandlers } from "./wire";

/** The server's end of a connection. */
class FakeWire implements Wire {
  closed = false;

  constructor(
    readonly way: Way,
    readonly hello: Hello,
    private readonly handlers: WireHandlers,
  ) {}

  close(): void {
    this.closed = true;
  }

  say(frame: ServerFrame | { type: "novelty" }): void {
    this.sayText(JSON.stringify(frame));
  }

  sayText(text: string): void {
    this.handlers.onFrame(text);
  }

  hangUp(code: number): void {
    this.handlers.onClose(code);
  }
}

const head = 10;
const welcome: ServerFrame = { type: "welcome", head, heartbeatSeconds: 8 };

function change(seq: number): ServerFrame {
  return { type: "change", seq, change: changeOf(seq, "task.created", taskOf({ id: `task-${seq}` })) };
}

type Overrides = Partial<Pick<LiveHandlers, "ticket" | "renewSession">>;

function start(overrides: Overrides = {}) {
  const wires: FakeWire[] = [];
  const seen: number[] = [];
  const handlers = {
    ticket: vi.fn(() => Promise.resolve(`ticket-${wires.length}`)),
    renewSession: vi.fn(() => Promise.resolve(true)),
    resync: vi.fn(() => Promise.resolve(900)),
    onChange: vi.fn(({ seq }: { seq: number }) => seen.push(seq)),
    onReminder: vi.fn(),
    onPresence: vi.fn(),
    onConnection: vi.fn(),
    ...overrides,
  };
  const opener =
    (way: Way): OpenWire =>
    (hello, itsHandlers) => {
      const wire = new FakeWire(way, hello, itsHandlers);
      wires.push(wire);
      return wire;
    };
  const feed = new LiveFeed(head, handlers, { open: { socket: opener("socket"), stream: opener("stream") }, random: () => 1, now: Date.now });
  feed.start();
  const last = () => {
    const wire = wires.at(-1);
    if (!wire) throw new Error("nothing was opened");
    return wire;
  };
  return { feed, handlers, wires, seen, last };
}

/** Starts a feed and brings it to live. */
async function live(overrides: Overrides = {}) {
  const started = start(overrides);
  await settle();
  started.last().say(welcome);
  return started;
}

/** Waits for the next connection. */
async function next(wires: readonly FakeWire[]): Promise<void> {
  const before = wires.length;
  for (let halves = 0; wires.length === before && halves < 100; halves += 1) await vi.advanceTimersByTimeAsync(500);
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
    expect(last().hello).toEqual({ type: "hello", ticket: "ticket-0", resume: { seq: head } });
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

describe("other devices", () => {
  test("are told of whenever they come or go", async () => {
    const { last, handlers } = await live();
    const device = { id: "session-2", name: "Firefox", kind: "websocket", since: "2026-03-11T09:00:00Z" };
    last().say({ type: "presence", devices: [device] });
    last().say({ type: "presence", devices: [] });
    expect(handlers.onPresence.mock.calls).toEqual([[[device]], [[]]]);
  });

  test("that are told of in another form are a broken frame", async () => {
    const { last, handlers, wires } = await live();
    last().sayText('{"type":"presence"}');
    expect([wires[0]?.closed, handlers.onPresence.mock.calls]).toEqual([true, []]);
  });
});

describe("on a gap", () => {
  test("it resumes after the last change it has", async () => {
    const { last, wires, seen } = await live();
    last().say(change(11));
    last().say(change(13));
    expect(wires[0]?.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    expect(last().hello).toEqual({ type: "hello", ticket: "ticket-1", resume: { seq: 11 } });
    last().say(welcome);
    last().say(change(12));
    last().say(change(13));
    expect(seen).toEqual([11, 12, 13]);
  });

  test("that only a heartbeat shows, it waits a moment for the change and then resumes", async () => {
    const { last, wires } = await live();
    last().say({ type: "head", seq: 11 });
    last().say(change(11));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wires).toHaveLength(1);

    last().say({ type: "head", seq: 12 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wires).toHaveLength(2);
  });

  test("too wide to replay, it reads a snapshot and follows from there", async () => {
    const { last, handlers } = await live();
    last().say({ type: "snapshot_required" });
    await settle();
    expect(handlers.resync).toHaveBeenCalledOnce();
    expect(last().hello).toEqual({ type: "hello", ticket: "ticket-1", resume: { seq: 900 } });
  });
});

describe("after a loss", () => {
  test.each([1006, 1012, 1013, 4008])("with code %i it connects again", async (code) => {
    const { last, wires, handlers } = await live();
    last().hangUp(code);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("offline");
    await vi.advanceTimersByTimeAsync(500);
    expect(wires).toHaveLength(2);
    expect(handlers.renewSession).not.toHaveBeenCalled();
  });

  test("to a restart it goes elsewhere at once, but backs off when that fails too", async () => {
    const { last, wires } = await live();
    last().hangUp(1012);
    await vi.advanceTimersByTimeAsync(100);
    expect(wires).toHaveLength(2);
    last().hangUp(1012);
    await vi.advanceTimersByTimeAsync(999);
    expect(wires).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(wires).toHaveLength(3);
  });

  test("of the session it renews that first", async () => {
    const { last, wires, handlers } = await live();
    last().hangUp(4401);
    await vi.advanceTimersByTimeAsync(500);
    expect(handlers.renewSession).toHaveBeenCalledOnce();
    expect(wires).toHaveLength(2);
  });

  test("of the session for good it stays away", async () => {
    const { last, wires } = await live({ renewSession: () => Promise.resolve(false) });
    last().hangUp(4401);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(wires).toHaveLength(1);
  });

  test("because it broke the protocol it stays away and says why", async () => {
    const { last, wires, handlers } = await live();
    last().hangUp(4400);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(wires).toHaveLength(1);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("refused", expect.stringContaining("Load it anew"));
  });

  test("because this page may not sync it stays away and says why", async () => {
    const ticket = vi.fn(() => Promise.reject(new Refused("Open it at https://todo.example.org.")));
    const { feed, wires, handlers } = start({ ticket });
    await settle();
    feed.wake();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ticket).toHaveBeenCalledOnce();
    expect(wires).toHaveLength(0);
    expect(handlers.onConnection.mock.calls).toEqual([["connecting"], ["refused", "Open it at https://todo.example.org."]]);
  });

  test("waits longer after each failure", async () => {
    const ticket = vi.fn(() => Promise.reject(new Error("down")));
    const { wires } = start({ ticket });
    await settle();
    for (const [wait, attempts] of [[500, 2], [1_000, 3], [2_000, 4], [4_000, 5]] as const) {
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(ticket).toHaveBeenCalledTimes(attempts - 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(ticket).toHaveBeenCalledTimes(attempts);
    }
    expect(wires).toHaveLength(0);
  });

  test("connects at once when woken", async () => {
    const { feed, last, wires } = await live();
    last().hangUp(1006);
    feed.wake();
    await settle();
    expect(wires).toHaveLength(2);
  });

  test("is not made worse by waking a live connection", async () => {
    const { feed, wires } = await live();
    feed.wake();
    await settle();
    expect(wires).toHaveLength(1);
  });
});

describe("a silent server", () => {
  test("that never answers hello is left", async () => {
    const { wires } = start();
    await settle();
    await vi.advanceTimersByTimeAsync(10_500);
    expect(wires[0]?.closed).toBe(true);
    expect(wires).toHaveLength(2);
  });

  test("is called dead within 20 seconds, and not because one heartbeat is lost", async () => {
    const { last, wires, handlers } = await live();
    await vi.advanceTimersByTimeAsync(16_000);
    last().say({ type: "head", seq: head });
    await vi.advanceTimersByTimeAsync(17_500);
    expect(wires).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("offline");
    await vi.advanceTimersByTimeAsync(500);
    expect(wires).toHaveLength(2);
  });
});

describe("where WebSockets do not get through", () => {
  const deaths: [how: string, kill: (wire: FakeWire) => void][] = [
    ["are refused", (wire) => wire.hangUp(1006)],
    ["are closed by something on the way", (wire) => wire.hangUp(1002)],
    ["bring what is no frame", (wire) => wire.sayText("<html>Not here</html>")],
    ["stay silent", () => undefined],
  ];

  /** Lets the feed find out that WebSockets fail. */
  async function blocked(overrides: Overrides = {}, kill = (wire: FakeWire) => wire.hangUp(1006)) {
    const started = start(overrides);
    await settle();
    for (let times = 0; times < 2; times += 1) {
      kill(started.last());
      await next(started.wires);
    }
    return started;
  }

  test.each(deaths)("and %s, a stream brings the same", async (_how, kill) => {
    const { wires, last, seen, handlers } = await blocked({}, kill);
    expect(wires.map(({ way }) => way)).toEqual(["socket", "socket", "stream"]);
    expect(last().hello.resume).toEqual({ seq: head });
    last().say(welcome);
    for (const seq of [11, 12, 12]) last().say(change(seq));
    expect(seen).toEqual([11, 12]);
    expect(handlers.onConnection.mock.calls).toEqual([["connecting"], ["offline"], ["offline"], ["live"]]); // what says "offline" does not come and go
  });

  test("because the browser forbids them, a stream brings the same", async () => {
    const opened: Way[] = [];
    const handlers = { ticket: () => Promise.resolve("ticket"), renewSession: () => Promise.resolve(true), resync: () => Promise.resolve(0), onChange: vi.fn(), onReminder: vi.fn(), onPresence: vi.fn(), onConnection: vi.fn() };
    const forbidden = () => {
      throw new DOMException("no", "SecurityError");
    };
    const stream: OpenWire = (_hello, { onFrame }) => {
      opened.push("stream");
      setTimeout(() => onFrame(JSON.stringify(welcome)), 1);
      return { close: () => undefined };
    };
    const feed = new LiveFeed(head, handlers, { open: { socket: forbidden, stream }, random: () => 1, now: Date.now });
    feed.start();
    await vi.advanceTimersByTimeAsync(4_000);
    feed.stop();
    expect(opened).toEqual(["stream"]);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("live");
  });

  test("a stream that is closed by its last frame is as a WebSocket that is closed", async () => {
    const { wires, last, handlers } = await blocked();
    last().say(welcome);
    last().say({ type: "close", code: 4401 });
    await next(wires);
    expect(handlers.renewSession).toHaveBeenCalledOnce();
    expect(wires.map(({ way, closed }) => [way, closed])).toEqual([["socket", true], ["socket", true], ["stream", true], ["stream", false]]);
  });

  test("they are tried again after ten minutes, once", async () => {
    const { wires, last } = await blocked();
    last().say(welcome);
    vi.setSystemTime(Date.now() + 10 * 60_000);
    last().hangUp(1006);
    await next(wires);
    expect(last().way).toBe("socket");
    last().hangUp(1006);
    await next(wires);
    expect(last().way).toBe("stream");
    expect(wires).toHaveLength(5);
  });

  test("and streams neither, both are tried in turns", async () => {
    const { wires, last } = await blocked();
    for (let times = 0; times < 3; times += 1) {
      last().hangUp(1006);
      await next(wires);
    }
    expect(wires.map(({ way }) => way)).toEqual(["socket", "socket", "stream", "socket", "stream", "socket"]);
  });

  test.each([1012, 1013, 4401, 4429])("it is told from a server that closes with %i", async (code) => {
    const { wires, last } = start();
    await settle();
    for (let times = 0; times < 4; times += 1) {
      last().hangUp(code);
      await next(wires);
    }
    expect(new Set(wires.map(({ way }) => way))).toEqual(new Set(["socket"]));
  });

  test("it is told from WebSockets that were welcome before they were lost", async () => {
    const { wires, last } = await live();
    for (let times = 0; times < 4; times += 1) {
      last().hangUp(1006);
      await next(wires);
      last().say(welcome);
    }
    expect(new Set(wires.map(({ way }) => way))).toEqual(new Set(["socket"]));
  });
});

describe("a hostile network", () => {
  test.each([
    ["half a frame", '{"type":"change","seq":11,"cha'],
    ["no JSON", "<html>Bad gateway</html>"],
    ["no object", "null"],
    ["a change without its place", '{"type":"change","change":{}}'],
  ])("that sends %s is left, and the feed resumes after what it has", async (_name, text) => {
    const { last, wires, seen } = await live();
    last().say(change(11));
    last().sayText(text);
    expect(wires[0]?.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    expect(last().hello).toEqual({ type: "hello", ticket: "ticket-1", resume: { seq: 11 } });
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
          last().say(welcome);
        }
        for (let seq = 11; seq <= 30; seq += 1) last().say(change(seq));
        feed.stop();
        expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => 11 + at));
      }),
    );
  });

  test("after a long sleep is not waited for: the person is back", async () => {
    const { feed, wires } = await live();
    vi.setSystemTime(Date.now() + 3_600_000); // timers sleep with the device
    feed.wake();
    await settle();
    expect(wires).toHaveLength(2);
  });
});

describe("a stopped feed", () => {
  test("closes, and nothing that comes late wakes it", async () => {
    const { feed, last, wires, seen } = await live();
    feed.stop();
    last().say(change(11));
    last().hangUp(1006);
    feed.wake();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(last().closed).toBe(true);
    expect(seen).toEqual([]);
    expect(wires).toHaveLength(1);
  });

  test("does not connect with a ticket that was on its way", async () => {
    const { feed, wires } = start();
    feed.stop();
    await settle();
    expect(wires).toHaveLength(0);
  });
});
