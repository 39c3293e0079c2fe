import type { Reminder } from "../api/types";
import type { Op, State } from "../store/model";
import { type Event, goesOn } from "../store/reduce";
import { Store, type StoreOptions } from "../store/store";
import { Feed } from "./feed";
import { History } from "./history";
import { Keeper, warn } from "./keeper";
import { Patience, Stopped } from "./patience";
import type { Remote } from "./remote";
import { Sender } from "./sender";
import { type Connection, LiveFeed, type LiveOptions } from "./live";
import { Storage } from "./storage";
import type { Message, OpenTabs, Tabs } from "./tabs";
import { forgetStored, storedFor } from "../ui/stored";

/** How the page is connected; why is a sentence for people when it is refused. */
export interface Liveness {
  state: Connection;
  why?: string;
}

/** The sessions and API tokens by which the person is connected elsewhere now. */
export type Present = readonly string[];

const nobody: Present = [];

export type OnReminder = (event: string, reminder: Reminder) => void;

export interface SyncOptions extends StoreOptions, LiveOptions {
  user: string;
  remote: Remote;
  tabs: OpenTabs;
}

/**
 * Keeps the state of one person in step with the platform, with what the browser keeps and with
 * the other windows, for as long as they are signed in.
 */
export class Sync {
  readonly store: Store;
  readonly history = new History();
  private run: Run | null = null;
  private known = false;
  private liveness: Liveness = { state: "connecting" };
  private others = nobody;
  private readonly listeners = new Set<() => void>();
  private readonly reminderListeners = new Set<OnReminder>();
  private readonly accountListeners = new Set<() => void>();

  constructor(private readonly options: SyncOptions) {
    this.store = new Store(options);
  }

  readonly connection = (): Liveness => this.liveness;

  /** Empty while this window cannot know. */
  readonly present = (): Present => this.others;

  /** Whether there is anything to show. */
  readonly loaded = (): boolean => this.known;

  /** Calls listener when the connection changes, or others come and go, and when there is something to show. */
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
    this.run = new Run(this.store, this.options, {
      // By the next picture the store shows what there is: before, its lists would look empty.
      onLoaded: () =>
        this.options.later(() => {
          this.known = true;
          this.tell();
        }),
      onLiveness: (liveness) => {
        this.liveness = liveness;
        this.tell();
      },
      onPresent: (present) => {
        this.others = present;
        this.tell();
      },
      onReminder: (event, reminder) => {
        for (const listener of this.reminderListeners) listener(event, reminder);
      },
      onAccount: () => {
        for (const listener of this.accountListeners) listener();
      },
    });
    this.run.start(this.known);
  }

  stop(): void {
    this.run?.stop();
    this.run = null;
  }

  /** The network or the person is back: what waits for another try is tried now. */
  wake(): void {
    this.run?.wake();
  }

  /** How many acts would be lost if nothing were kept any more. */
  unsent(): number {
    return this.store.state.ops.filter(({ state }) => state !== "acknowledged").length;
  }

  /** Has the browser forget all of the person, in all windows. */
  async wipe(): Promise<void> {
    forgetStored(storedFor(this.options.user));
    await this.run?.wipe();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

interface RunHandlers {
  onLoaded: () => void;
  onLiveness: (liveness: Liveness) => void;
  onPresent: (present: Present) => void;
  onReminder: OnReminder;
  onAccount: () => void;
}

/** The work from start to stop. */
class Run {
  private readonly ended = new AbortController();
  private readonly patience: Patience;
  private readonly feed: Feed;
  private readonly tabs: Tabs;
  private readonly keeper: Keeper;
  private storage: Storage | null = null;
  private live: LiveFeed | null = null;
  private sender: Sender | null = null;
  private leads = false;
  private liveness: Liveness = { state: "connecting" };
  private present = nobody;
  /** What happened in another window, which has kept and told it. */
  private readonly heard = new WeakSet<Event>();
  private ops: readonly Op[];
  /** Acts that were here at any time: what is kept of them may be older. */
  private readonly seen: Set<string>;
  private inbox = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly options: SyncOptions,
    private readonly handlers: RunHandlers,
  ) {
    const { user, remote, later, random, tabs } = options;
    const { signal } = this.ended;
    this.patience = new Patience(random);
    this.feed = new Feed(store, remote, later);
    this.tabs = tabs(user, (message) => this.soon(() => this.hear(message)), signal);
    this.keeper = new Keeper(store, (message) => this.tabs.post(message), later);
    this.ops = store.state.ops;
    this.seen = new Set(this.ops.map(({ id }) => id));
    signal.addEventListener("abort", store.onEvent((event, state) => this.note(event, state)));
  }

  /** What other windows say is heard once what is kept has been read. */
  start(known: boolean): void {
    this.soon(async () => {
      this.storage = await openStorage(this.options.user);
      if (!known) await this.load();
      this.keeper.begin(this.storage);
      this.tabs.post({ type: "hello" });
      this.tabs.lead(() => this.soon(() => this.lead()), this.ended.signal);
    });
  }

  stop(): void {
    this.ended.abort();
    this.patience.stop();
    this.live?.stop();
    this.sender?.stop();
    void this.inbox.then(() => this.keeper.flushed()).then(() => this.storage?.close());
  }

  wake(): void {
    this.patience.wake();
    this.live?.wake();
    this.soon(() => this.check());
  }

  async wipe(): Promise<void> {
    await this.keeper.flushed();
    this.keeper.forget();
    this.tabs.post({ type: "wiped" });
    await this.storage?.remove();
    this.storage = null;
  }

  /** Does work after all that came before it. */
  private soon(work: () => void | Promise<void>): void {
    this.inbox = this.inbox.then(async () => {
      if (this.ended.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        this.storage = null;
        warn(error);
      }
    });
  }

  /** Only who leads tells what the server has; each window tells what is done in it. */
  private note(event: Event, { ops }: State): void {
    const before = this.ops;
    this.ops = ops;
    for (const { id } of ops) this.seen.add(id);
    const own = this.leads || event.type === "enqueue" || event.type === "again" || event.type === "drop";
    if (own && !this.heard.has(event)) this.keeper.note(event, before);
  }

  private dispatchHeard(event: Event): void {
    this.heard.add(event);
    this.store.dispatch(event);
  }

  private async hear(message: Message): Promise<void> {
    switch (message.type) {
      case "event":
        await this.hearEvent(message.event);
        break;
      case "reload":
        if (!this.leads) await this.reload();
        break;
      case "hello":
        if (!this.leads) break;
        this.tabs.post({ type: "liveness", liveness: this.liveness });
        this.tabs.post({ type: "presence", present: this.present });
        await this.adopt();
        break;
      case "liveness":
        if (!this.leads) this.tell(message.liveness);
        break;
      case "presence":
        if (!this.leads) this.tellPresent(message.present);
        break;
      case "reminder":
        this.handlers.onReminder(message.event, message.reminder);
        break;
      case "account":
        this.handlers.onAccount();
        break;
      case "wiped":
        this.keeper.forget();
        this.storage?.close();
        this.storage = null;
    }
  }

  private async hearEvent(event: Event): Promise<void> {
    const gap = event.type === "changes" && !goesOn(this.store.state, event.changes);
    if (gap && !this.leads) await this.reload();
    this.dispatchHeard(event);
  }

  /** Takes what the browser keeps, and asks the server where it keeps nothing. */
  private async reload(): Promise<void> {
    if (await this.load()) return;
    await this.readServer();
    this.handlers.onLoaded();
  }

  /** Takes what the browser keeps, and on top what is done meanwhile. */
  private async load(): Promise<boolean> {
    const { storage, keeper, store } = this;
    if (!storage) return false;
    await keeper.flushed();
    const before = new Set(store.state.ops.map(({ id }) => id));
    const [kept, ops, groups] = await Promise.all([storage.load(this.options.now()), storage.ops(), storage.groups()]);
    if (!kept) return false;
    const since = store.state.ops.filter(({ id }) => !before.has(id));
    this.dispatchHeard({ type: "loaded", ...kept, ops: [...ops, ...since], groups });
    this.handlers.onLoaded();
    return true;
  }

  /** Takes over acts that another window has kept, and perhaps not lived to tell. */
  private async adopt(): Promise<void> {
    await this.keeper.flushed();
    const ops = (await this.storage?.ops()) ?? [];
    for (const op of ops) if (!this.seen.has(op.id)) this.dispatchHeard({ type: "enqueue", op });
  }

  /** Finds out what was missed while the window slept. */
  private async check(): Promise<void> {
    if (this.leads || !this.storage) return this.adopt();
    await this.keeper.flushed();
    const kept = new Set((await this.storage.ops()).map(({ id }) => id));
    const same = kept.size === this.store.state.ops.length && this.store.state.ops.every(({ id }) => kept.has(id));
    if (!same || (await this.storage.head()) !== this.store.state.head) await this.reload();
  }

  private async lead(): Promise<void> {
    const head = (await this.storage?.head()) ?? null;
    if (head !== null && head > this.store.state.head) await this.load();
    await this.adopt();
    this.leads = true;
    const { state } = this.store;
    this.keeper.lead(head === state.head ? { base: state.base, head } : null);
    void this.connect();
  }

  private readServer(): Promise<void> {
    return this.store.state.head > 0 ? this.feed.catchUp() : this.feed.startOver();
  }

  /** Reads what there is, and then follows what changes and sends. */
  private async connect(): Promise<void> {
    try {
      await this.patience.read(() => this.readServer(), () => this.lives({ state: "offline" }));
    } catch (error) {
      if (!(error instanceof Stopped)) this.lives({ state: "refused", why: error instanceof Error ? error.message : String(error) });
      return;
    }
    if (this.ended.signal.aborted) return;
    this.handlers.onLoaded();
    this.sender = this.send();
    this.live = this.follow(this.sender);
    this.live.start();
    void this.sender.run();
  }

  private follow(sender: Sender): LiveFeed {
    const { remote, open, random, now } = this.options;
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
          if (change.entity !== "account") return;
          this.handlers.onAccount();
          this.tabs.post({ type: "account" });
        },
        onReminder: (event, reminder) => {
          this.handlers.onReminder(event, reminder);
          this.tabs.post({ type: "reminder", event, reminder });
        },
        onPresence: (devices) => this.meets(devices.map(({ id }) => id)),
        onConnection: (state, why) => {
          this.lives({ state, ...(why !== undefined && { why }) });
          if (state !== "live") {
            this.meets(nobody);
            return;
          }
          this.patience.wake();
          void sender.run();
        },
      },
      { open, random, now },
    );
  }

  private send(): Sender {
    const { store, patience } = this;
    const catchUp = () => patience.read(() => this.feed.catchUp());
    return new Sender({
      store,
      remote: this.options.remote,
      patience,
      catchUp,
      onReply: (seq) => {
        if (this.liveness.state !== "live" && seq > store.state.head) catchUp().catch(() => undefined);
      },
      alone: this.tabs.alone,
    });
  }

  /** The connection of this window is that of all when it leads. */
  private lives(liveness: Liveness): void {
    this.tell(liveness);
    this.tabs.post({ type: "liveness", liveness });
  }

  private tell(liveness: Liveness): void {
    this.liveness = liveness;
    this.handlers.onLiveness(liveness);
  }

  /** Whom this window meets all of them meet when it leads. */
  private meets(present: Present): void {
    if (present.length === 0 && this.present.length === 0) return;
    this.tellPresent(present);
    this.tabs.post({ type: "presence", present });
  }

  private tellPresent(present: Present): void {
    this.present = present;
    this.handlers.onPresent(present);
  }
}

/** Private windows, and people, may forbid storage. */
async function openStorage(user: string): Promise<Storage | null> {
  try {
    return await Storage.open(user);
  } catch (error) {
    warn(error);
    return null;
  }
}
