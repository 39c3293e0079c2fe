import type { Change, Reminder } from "../api/types";
import { closeCodes, decodeFrame, type Device, isOfServer, type ServerFrame } from "./frames";
import { delayMs } from "./patience";
import { Ways } from "./ways";
import type { OpenWire, Way, Wire } from "./wire";

/**
 * connecting: not yet, or not any more; live: every change arrives; offline: waiting to try
 * again; refused: this page cannot sync, however often it tries.
 */
export type Connection = "connecting" | "live" | "offline" | "refused";

/** The server refuses this page for good; the message says why. */
export class Refused extends Error {}

export interface LiveHandlers {
  /** Fetches a single-use ticket for one connection; throws Refused when there will be none. */
  ticket: () => Promise<string>;
  /** Proves that the session still holds, or ends it; false when it is over. */
  renewSession: () => Promise<boolean>;
  /** Reads a fresh snapshot and returns its head; the feed goes on from there. */
  resync: () => Promise<number>;
  onChange: (change: Change) => void;
  onReminder: (event: string, reminder: Reminder) => void;
  /** Tells which other connections the person has now. */
  onPresence: (devices: readonly Device[]) => void;
  /** why is a sentence for people, of a refused connection only. */
  onConnection: (connection: Connection, why?: string) => void;
}

export interface LiveOptions {
  open: Readonly<Record<Way, OpenWire>>;
  random: () => number;
  /** The clock. */
  now: () => number;
}

/** Spreads those whom a restarting server lets go together. Another one is there, so nobody waits longer. */
const restartMs = 100;
/** How long the server may take to answer hello. */
const welcomeMs = 10_000;
/** Silence that means a dead connection, in heartbeats: one may be lost or late. With 8 seconds between two it is noticed after 18. */
const patience = 2.25;
/** A heartbeat may overtake the change that it counts by this much. */
const overtakeMs = 2_000;

/**
 * Follows the change feed from a known place, over a WebSocket or, where those do not get
 * through, a stream. It connects again for as long as it is started, resumes after what it has
 * seen, and hands on each change once, in order: on a gap it drops the connection and resumes.
 */
export class LiveFeed {
  private seen: number;
  private attempt = 0;
  private wire: Wire | null = null;
  private readonly ways = new Ways();
  /** The way of a connection of which the server has said nothing yet. */
  private trying: Way | null = null;
  private retry: Timer = undefined;
  private watchdog: Timer = undefined;
  /** When the watchdog is due: it sleeps with the device. */
  private deadline = 0;
  private catchUp: Timer = undefined;
  /** Counts connections: what an earlier one still has to say is ignored. */
  private generation = 0;
  private running = false;

  constructor(
    head: number,
    private readonly handlers: LiveHandlers,
    private readonly options: LiveOptions,
  ) {
    this.seen = head;
  }

  start(): void {
    this.running = true;
    void this.connect();
  }

  stop(): void {
    this.running = false;
    this.drop();
  }

  /** Connects at once when it was waiting to try again, or slept too long: the network or the person is back. */
  wake(): void {
    const slept = this.wire !== null && this.options.now() > this.deadline;
    if (this.running && (slept || this.retry !== undefined)) void this.connect();
  }

  private async connect(): Promise<void> {
    this.drop();
    const generation = this.generation;
    const superseded = () => generation !== this.generation;
    // While one try after the other fails, it stays at "offline": what says so must not come and go.
    if (this.attempt === 0) this.handlers.onConnection("connecting");
    let ticket: string;
    try {
      ticket = await this.handlers.ticket();
    } catch (error) {
      if (superseded()) return;
      if (error instanceof Refused) this.giveUp(error.message);
      else this.connectLater();
      return;
    }
    if (!superseded()) this.open(ticket, superseded);
  }

  private open(ticket: string, superseded: () => boolean): void {
    const way = this.ways.choose(this.options.now());
    this.trying = way;
    this.expect(welcomeMs);
    let heartbeatMs = welcomeMs;
    const onFrame = (text: string) => {
      if (superseded()) return;
      const frame = decodeFrame(text);
      if (frame === "broken") {
        this.connectLater();
        return;
      }
      if (frame?.type === "welcome") heartbeatMs = frame.heartbeatSeconds * 1000 * patience;
      this.expect(heartbeatMs);
      if (frame) this.receive(frame);
    };
    const onClose = (code: number) => {
      if (!superseded()) void this.closed(code);
    };
    try {
      this.wire = this.options.open[way]({ type: "hello", ticket, resume: { seq: this.seen } }, { onFrame, onClose });
    } catch {
      this.connectLater();
    }
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.attempt = 0;
        this.gotThrough();
        this.handlers.onConnection("live");
        return;
      case "change":
        this.receiveChange(frame.change);
        return;
      case "head":
        this.receiveHead(frame.seq);
        return;
      case "reminder":
        this.handlers.onReminder(frame.event, frame.reminder);
        return;
      case "presence":
        this.handlers.onPresence(frame.devices);
        return;
      case "close":
        void this.closed(frame.code);
        return;
      case "snapshot_required":
        void this.startOver();
    }
  }

  private receiveChange(change: Change): void {
    if (change.seq <= this.seen) return;
    if (change.seq > this.seen + 1) {
      this.connectLater();
      return;
    }
    this.seen = change.seq;
    this.handlers.onChange(change);
  }

  private receiveHead(seq: number): void {
    if (seq <= this.seen || this.catchUp !== undefined) return;
    this.catchUp = setTimeout(() => {
      this.catchUp = undefined;
      if (this.seen < seq) this.connectLater();
    }, overtakeMs);
  }

  private async startOver(): Promise<void> {
    this.drop();
    const generation = this.generation;
    this.handlers.onConnection("connecting");
    try {
      const head = await this.handlers.resync();
      if (generation !== this.generation) return;
      this.seen = head;
      await this.connect();
    } catch {
      if (generation === this.generation) this.connectLater();
    }
  }

  private async closed(code: number): Promise<void> {
    if (!isOfServer(code)) {
      this.connectLater();
      return;
    }
    this.gotThrough();
    this.drop();
    if (code === closeCodes.badFrame) {
      this.giveUp("This page is older than the server and cannot sync. Load it anew.");
      return;
    }
    const generation = this.generation;
    if (code === closeCodes.unauthenticated) {
      const holds = await this.handlers.renewSession().catch(() => true);
      if (!holds || generation !== this.generation) return;
    }
    if (code === closeCodes.restart && this.attempt === 0) this.connectLater(this.options.random() * restartMs);
    else this.connectLater();
  }

  /** The server has said something, be it that it closes. */
  private gotThrough(): void {
    if (this.trying) this.ways.worked(this.trying);
    this.trying = null;
  }

  /** Stays away: trying again would fail in the same way. */
  private giveUp(why: string): void {
    this.drop();
    this.handlers.onConnection("refused", why);
  }

  private connectLater(ms = delayMs(this.attempt, this.options.random())): void {
    if (this.trying) this.ways.failed(this.trying, this.options.now());
    this.drop();
    this.handlers.onConnection("offline");
    this.retry = setTimeout(() => void this.connect(), ms);
    this.attempt += 1;
  }

  /** Takes silence for longer than ms as the end of the connection. */
  private expect(ms: number): void {
    clearTimeout(this.watchdog);
    this.deadline = this.options.now() + ms;
    this.watchdog = setTimeout(() => this.connectLater(), ms);
  }

  /** Lets go of the connection and of every timer. */
  private drop(): void {
    this.generation += 1;
    for (const timer of [this.retry, this.watchdog, this.catchUp]) clearTimeout(timer);
    this.retry = this.watchdog = this.catchUp = undefined;
    this.wire?.close();
    this.wire = null;
    this.trying = null;
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
