import type { Reminder } from "../api/types";
import { Store } from "../store/store";
import { Feed } from "./feed";
import { History } from "./history";
import { Patience, Stopped } from "./patience";
import type { Remote } from "./remote";
import { Sender } from "./sender";
import { type Connection, LiveFeed, type Socket } from "./socket";

/** How the page is connected; why is a sentence for people when it is refused. */
export interface Liveness {
  state: Connection;
  why?: string;
}

type OnReminder = (event: string, reminder: Reminder) => void;

export interface SyncOptions {
  remote: Remote;
  open: () => Socket;
  now: () => number;
  random: () => number;
  later: (work: () => void) => void;
  /** Of the device. */
  zone: string;
}

/** Keeps the state of one person in step with the platform, for as long as they are signed in. */
export class Sync {
  readonly store: Store;
  readonly history = new History();
  private readonly feed: Feed;
  private patience: Patience;
  private sender: Sender | null = null;
  private live: LiveFeed | null = null;
  private known = false;
  private liveness: Liveness = { state: "connecting" };
  private readonly listeners = new Set<() => void>();
  private readonly reminderListeners = new Set<OnReminder>();
  private readonly accountListeners = new Set<() => void>();

  constructor(private readonly options: SyncOptions) {
    const { remote, random, later } = options;
    this.store = new Store(options);
    this.feed = new Feed(this.store, remote, later);
    this.patience = new Patience(random);
  }

  readonly connection = (): Liveness => this.liveness;

  /** Whether there is anything to show. */
  readonly loaded = (): boolean => this.known;

  /** Calls listener when the connection changes, and when there is something to show. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly onReminder = (listener: OnReminder): (() => void) => {
    this.reminderListeners.add(listener);
    return () => this.reminderListeners.delete(listener);
  };

  /** Calls listener when the account itself was changed, which is no part of the store. */
  readonly onAccount = (listener: () => void): (() => void) => {
    this.accountListeners.add(listener);
    return () => this.accountListeners.delete(listener);
  };

  start(): void {
    this.patience = new Patience(this.options.random);
    void this.lead(this.patience);
  }

  stop(): void {
    this.patience.stop();
    this.sender?.stop();
    this.live?.stop();
    this.sender = this.live = null;
  }

  /** The network or the person is back: what waits for another try is tried now. */
  wake(): void {
    this.patience.wake();
    this.live?.wake();
  }

  private async lead(patience: Patience): Promise<void> {
    try {
      await patience.until(
        () => (this.known ? this.feed.catchUp() : this.feed.startOver()),
        () => this.tell({ state: "offline" }),
      );
    } catch (error) {
      if (!(error instanceof Stopped)) this.tell({ state: "refused", why: error instanceof Error ? error.message : String(error) });
      return;
    }
    if (patience !== this.patience) return; // it was stopped meanwhile
    this.known = true;
    this.live = this.follow();
    this.live.start();
    this.sender = this.send(patience);
    void this.sender.run();
  }

  private follow(): LiveFeed {
    const { remote, open, random } = this.options;
    return new LiveFeed(
      this.store.state.head,
      {
        ticket: remote.ticket,
        renewSession: remote.renewSession,
        resync: async () => {
          await this.feed.startOver();
          return this.store.state.head;
        },
        onChange: (change) => {
          this.feed.push(change);
          if (change.entity === "account") for (const listener of this.accountListeners) listener();
        },
        onReminder: (event, reminder) => {
          for (const listener of this.reminderListeners) listener(event, reminder);
        },
        onConnection: (state, why) => this.tell({ state, ...(why !== undefined && { why }) }),
      },
      { open, random },
    );
  }

  private send(patience: Patience): Sender {
    const catchUp = () => patience.until(() => this.feed.catchUp());
    return new Sender({
      store: this.store,
      remote: this.options.remote,
      patience,
      catchUp,
      onReply: (seq) => {
        if (this.liveness.state !== "live" && seq > this.store.state.head) catchUp().catch(() => undefined);
      },
      alone: false,
    });
  }

  private tell(liveness: Liveness): void {
    this.liveness = liveness;
    for (const listener of this.listeners) listener();
  }
}
