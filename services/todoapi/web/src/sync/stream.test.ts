import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { changeOf, taskOf } from "../testing/factories";
import { turn } from "../testing/modelPlatform";
import { LiveFeed } from "./live";
import { Events } from "./eventStream";
import { streamsAt } from "./stream";

/** The server's end of one stream. */
class FakeStream {
  left = false;
  private writer!: ReadableStreamDefaultController<Uint8Array>;
  readonly response: Response;

  constructor(readonly headers: Headers) {
    const body = new ReadableStream<Uint8Array>({ start: (writer) => void (this.writer = writer), cancel: () => void (this.left = true) });
    this.response = new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }

  say(...frames: object[]): void {
    for (const frame of frames) this.sayText(eventOf(frame));
  }

  sayText(text: string): void {
    this.writer.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.writer.close();
  }

  break(): void {
    this.writer.error(new TypeError("network error"));
  }
}

function eventOf(frame: object): string {
  return `${"seq" in frame ? `id: ${String(frame.seq)}\n` : ""}data: ${JSON.stringify(frame)}\n\n`;
}

const head = 10;
const welcome = { type: "welcome", head, heartbeatSeconds: 8 };
const change = (seq: number) => ({ type: "change", seq, change: changeOf(seq, "task.created", taskOf({ id: `task-${seq}`, title: "Äpfel 🍎" })) });

/** Lets time go by, and all that happens by then. */
async function pass(ms = 1): Promise<void> {
  for (let turns = 0; turns < 10; turns += 1) await turn();
  await vi.advanceTimersByTimeAsync(ms);
  for (let turns = 0; turns < 10; turns += 1) await turn();
}

/** A feed whose WebSockets are refused, at its first stream. */
async function follow({ refuse = [] as Response[] } = {}) {
  const streams: FakeStream[] = [];
  const seen: number[] = [];
  const refusals = [...refuse];
  vi.stubGlobal("fetch", (_url: string, { headers, signal }: { headers: HeadersInit; signal: AbortSignal }) => {
    const stream = new FakeStream(new Headers(headers));
    streams.push(stream);
    signal.addEventListener("abort", () => (stream.left = true));
    return Promise.resolve(refusals.shift() ?? stream.response);
  });
  const handlers = {
    ticket: vi.fn(() => Promise.resolve(`ticket-${streams.length}`)),
    renewSession: vi.fn(() => Promise.resolve(true)),
    resync: vi.fn(() => Promise.resolve(3)),
    onChange: vi.fn(({ seq }: { seq: number }) => seen.push(seq)),
    onReminder: vi.fn(),
    onPresence: vi.fn(),
    onConnection: vi.fn(),
  };
  const socket = () => {
    throw new DOMException("no", "SecurityError");
  };
  const feed = new LiveFeed(head, handlers, { open: { socket, stream: streamsAt("/realtime/v1/events") }, random: () => 0, now: Date.now });
  feed.start();
  await pass();
  await pass();
  await pass();
  const last = () => {
    const stream = streams.at(-1);
    if (!stream) throw new Error("no stream was opened");
    return stream;
  };
  return { feed, handlers, streams, seen, last };
}

beforeEach(() => {
  // Streams go on by setImmediate.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a stream", () => {
  test("names its ticket and the last change, and brings each change once and in order", async () => {
    const { feed, last, seen, handlers } = await follow();
    expect([last().headers.get("Authorization"), last().headers.get("Last-Event-ID")]).toEqual(["Ticket ticket-0", "10"]);
    last().say(welcome, change(11), change(11), change(12), change(11), change(13));
    await pass();
    expect(seen).toEqual([11, 12, 13]);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("live");
    feed.stop();
    expect(last().left).toBe(true);
  });

  test("with a gap is left, and the next one goes on after the last change", async () => {
    const { streams, last, seen } = await follow();
    last().say(welcome, change(11), change(13));
    await pass();
    await pass();
    expect(streams.map(({ left }) => left)).toEqual([true, false]);
    expect(last().headers.get("Last-Event-ID")).toBe("11");
    last().say(welcome, change(12), change(13));
    await pass();
    expect(seen).toEqual([11, 12, 13]);
  });

  test.each([
    ["ends", (stream: FakeStream) => stream.end()],
    ["breaks", (stream: FakeStream) => stream.break()],
  ])("that %s within a frame does no harm", async (_how, end) => {
    const { streams, last, seen } = await follow();
    last().say(welcome, change(11));
    last().sayText(eventOf(change(12)).slice(0, 40));
    await pass();
    end(last());
    await pass();
    await pass();
    expect([streams.length, last().headers.get("Last-Event-ID"), seen]).toEqual([2, "11", [11]]);
  });

  test("that is silent is called dead within 20 seconds", async () => {
    const { streams, last, handlers } = await follow();
    last().say(welcome);
    await pass(17_500);
    expect(streams).toHaveLength(1);
    await pass(500);
    await pass();
    expect([streams.length, streams[0]?.left]).toEqual([2, true]);
    expect(handlers.onConnection).toHaveBeenCalledWith("offline");
  });

  test("of a server that was restored to an earlier time reads everything anew and follows from there", async () => {
    const { last, seen, handlers } = await follow();
    last().say({ ...welcome, head: 3 }, { type: "snapshot_required", head: 3, reason: "the client is ahead of the server" });
    await pass();
    await pass();
    expect(handlers.resync).toHaveBeenCalledOnce();
    expect(last().headers.get("Last-Event-ID")).toBe("3");
    last().say({ ...welcome, head: 3 }, change(4));
    await pass();
    expect(seen).toEqual([4]);
  });

  test("that ends with its session has that renewed", async () => {
    const { streams, last, handlers } = await follow();
    last().say(welcome, { type: "close", code: 4401, reason: "the session is over" });
    last().end();
    await pass();
    await pass();
    expect(handlers.renewSession).toHaveBeenCalledOnce();
    expect(streams).toHaveLength(2);
  });
});

describe("a stream that does not begin", () => {
  const problem = (status: number) => new Response("{}", { status, headers: { "Content-Type": "application/problem+json" } });

  test("for want of a session has that renewed", async () => {
    const { handlers, streams } = await follow({ refuse: [problem(401)] });
    await pass();
    expect(handlers.renewSession).toHaveBeenCalledOnce();
    expect(streams).toHaveLength(2);
  });

  test("because the page is older than the server is not asked for again", async () => {
    const { handlers, streams } = await follow({ refuse: [problem(422)] });
    await pass(60_000);
    expect(streams).toHaveLength(1);
    expect(handlers.onConnection).toHaveBeenLastCalledWith("refused", expect.stringContaining("Load it anew"));
  });

  test.each([429, 503])("with status %i is asked for again", async (status) => {
    const { streams } = await follow({ refuse: [problem(status)] });
    await pass();
    expect(streams.length).toBeGreaterThan(1);
  });

  test("but is another page, such as that of a hotel, is no stream", async () => {
    const page = new Response("data: {}\n\n", { headers: { "Content-Type": "text/html" } });
    const { handlers } = await follow({ refuse: [page] });
    expect(handlers.onConnection).not.toHaveBeenCalledWith("live");
    expect(handlers.onConnection).toHaveBeenCalledWith("offline");
  });
});

describe("events", () => {
  test("are the same however their text is cut", () => {
    const sent = [welcome, change(11), { type: "head", seq: 11 }].map(eventOf).join("");
    const frames = [welcome, change(11), { type: "head", seq: 11 }].map((frame) => ({ type: "message", data: JSON.stringify(frame) }));
    fc.assert(
      fc.property(fc.array(fc.nat(sent.length)), (cuts) => {
        const events = new Events();
        const places = [0, ...cuts.sort((a, b) => a - b), sent.length];
        expect(places.flatMap((from, at) => events.read(sent.slice(from, places[at + 1] ?? sent.length)))).toEqual(frames);
      }),
    );
  });

  test.each([
    ["a comment before it", ": hello\n\ndata: {}\n\n", "{}"],
    ["fields that nobody needs", "retry: 10\nid: 7\ndata:{}\n\n", "{}"],
    ["line breaks of two letters", "data: {}\r\n\r\n", "{}"],
    ["data in two lines", 'data: {"a":\ndata: 1}\n\n', '{"a":\n1}'],
  ])("of others are read: %s", (_name, sent, want) => {
    expect(new Events().read(sent)).toEqual([{ type: "message", data: want }]);
  });

  test("have the name that they are given, and no later one", () => {
    expect(new Events().read("event: text\r\ndata: a\r\n\r\nevent:lost\n\ndata: b\n\n")).toEqual([
      { type: "text", data: "a" },
      { type: "message", data: "b" },
    ]);
  });

  test("that never end are not waited for", () => {
    const events = new Events();
    expect(() => {
      for (let times = 0; times < 20; times += 1) events.read("x".repeat(100_000));
    }).toThrow("too long");
  });
});
