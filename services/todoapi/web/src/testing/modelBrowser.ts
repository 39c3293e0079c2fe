import type { Message, OpenTabs } from "../sync/tabs";
import { Sync } from "../sync/sync";
import type { OpenWire } from "../sync/wire";
import { type ModelPlatform, turn } from "./modelPlatform";

/** The windows of one browser: what is sent between them, and whose turn it is to lead. */
export class ModelBrowser {
  private readonly channels = new Set<(message: Message) => void>();
  private readonly queue: { work: () => void; signal: AbortSignal }[] = [];
  /** Whether windows sleep so deeply that they miss what others say. */
  deaf = false;

  constructor(
    private readonly user: string,
    private readonly platform: ModelPlatform,
    /** Insecure origins have no locks. */
    private readonly locks = true,
  ) {}

  /** Opens a window. */
  open(): Tab {
    const tab = new Tab(this.user, this.platform, this.tabs);
    tab.sync.start();
    return tab;
  }

  private readonly tabs: OpenTabs = (_user, onMessage, signal) => {
    const channel = (message: Message) => {
      if (!signal.aborted) onMessage(message);
    };
    this.channels.add(channel);
    signal.addEventListener("abort", () => this.channels.delete(channel));
    return {
      alone: this.locks,
      post: (message) => {
        if (signal.aborted || this.deaf) return;
        const copy = structuredClone(message);
        for (const other of this.channels) if (other !== channel) setImmediate(() => other(copy));
      },
      lead: (work) => this.wait(work, signal),
    };
  };

  private wait(work: () => void, signal: AbortSignal): void {
    if (!this.locks) {
      work();
      return;
    }
    this.queue.push({ work, signal });
    if (this.queue.length === 1) work();
    signal.addEventListener("abort", () => {
      const [first] = this.queue;
      this.queue.splice(this.queue.findIndex((one) => one.signal === signal), 1);
      if (first?.signal === signal) this.queue[0]?.work();
    });
  }
}

/** One window. */
export class Tab {
  readonly sync: Sync;
  sockets = 0;

  constructor(user: string, platform: ModelPlatform, tabs: OpenTabs) {
    const open: OpenWire = (hello, handlers) => {
      this.sockets += 1;
      return platform.open(hello, handlers);
    };
    this.sync = new Sync({
      user,
      remote: platform.remote(),
      tabs,
      open: { socket: open, stream: open },
      now: Date.now,
      random: () => 1,
      later: (work) => void turn().then(work),
      zone: "Europe/Berlin",
    });
  }

  get store() {
    return this.sync.store;
  }

  /** The titles of the tasks that are on the screen and open. */
  get titles(): string[] {
    const open = [...this.store.entities().tasks.values()].filter(({ completedAt }) => completedAt === null);
    return open.map(({ title }) => title).sort();
  }

  close(): void {
    this.sync.stop();
  }
}
