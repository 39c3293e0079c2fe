import type { Op, State } from "../store/model";
import type { Event } from "../store/reduce";
import type { Store } from "../store/store";
import type { Batch, Kept, Storage } from "./storage";
import type { Message } from "./tabs";

/**
 * Has the browser keep what happens in this window, and then tells the other windows: what they
 * hear of can be read by then. What happens while it writes is written together.
 */
export class Keeper {
  private storage: Pick<Storage, "write"> | null = null;
  private leads = false;
  private saved: Kept | null = null;
  private savedGroups: State["groups"] | null = null;
  private ops = new Map<string, Op | null>();
  private posts: Message[] = [];
  private working: Promise<void> | null = null;
  private begun = false;

  constructor(
    private readonly store: Store,
    private readonly post: (message: Message) => void,
    private readonly later: (work: () => void) => void,
  ) {}

  /** Begins to write and to tell. Without a storage it only tells. */
  begin(storage: Pick<Storage, "write"> | null): void {
    this.storage = storage;
    this.begun = true;
    this.work();
  }

  /** From now on this window writes what the server has. kept is what is there already. */
  lead(kept: Kept | null): void {
    this.leads = true;
    this.saved = kept;
    this.work();
  }

  /** Writes nothing any more. */
  forget(): void {
    this.storage = null;
  }

  /** Takes note of what happened here; before are the acts before it. */
  note(event: Event, before: readonly Op[]): void {
    const { ops } = this.store.state;
    if (ops !== before) {
      const known = new Set(before);
      const now = new Set(ops.map(({ id }) => id));
      for (const { id } of before) if (!now.has(id)) this.ops.set(id, null);
      for (const op of ops) if (!known.has(op)) this.ops.set(op.id, op);
    }
    const anew = event.type === "snapshot" || event.type === "loaded";
    if (anew) this.saved = null;
    this.posts.push(anew ? { type: "reload" } : { type: "event", event });
    // To write everything takes longest, and the person waits to see it.
    this.work(anew ? new Promise((drawn) => this.later(() => this.later(drawn))) : undefined);
  }

  /** Resolves when all is written that was noted. */
  async flushed(): Promise<void> {
    while (this.working) await this.working;
  }

  private work(begin?: Promise<void>): void {
    if (!this.begun || this.working) return;
    this.working = (begin ? begin.then(() => this.writeAll()) : this.writeAll()).finally(() => {
      this.working = null;
    });
  }

  private async writeAll(): Promise<void> {
    for (let batch = this.take(); batch; batch = this.take()) {
      const { posts, ...write } = batch;
      try {
        await this.storage?.write(write);
      } catch (error) {
        this.storage = null;
        warn(error);
      }
      for (const message of posts) this.post(message);
    }
  }

  /** All that has to be written and told by now. */
  private take(): (Batch & { posts: Message[] }) | null {
    const { base, head, groups } = this.store.state;
    const moved = this.leads && (this.saved === null ? head > 0 : this.saved.base !== base || this.saved.head !== head);
    const regrouped = this.leads && groups !== this.savedGroups;
    if (this.ops.size === 0 && this.posts.length === 0 && !moved) return null;
    const batch = {
      ops: this.ops,
      posts: this.posts,
      entities: moved ? { from: this.saved, to: { base, head } } : undefined,
      groups: regrouped ? groups : undefined,
    };
    this.ops = new Map();
    this.posts = [];
    if (moved) this.saved = { base, head };
    if (regrouped) this.savedGroups = groups;
    return batch;
  }
}

let warned = false;

/** Says once that nothing is kept. */
export function warn(error: unknown): void {
  if (!warned) console.warn("This browser keeps nothing for the page, which goes on without:", error);
  warned = true;
}
