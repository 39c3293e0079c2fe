import { ApiError } from "../api/http";
import type { Change } from "../api/types";
import { type Entities, kinds, nothing, type State } from "../store/model";
import { goesOn } from "../store/reduce";
import type { Store } from "../store/store";
import type { Remote } from "./remote";

/** Beyond so many pages of changes it is cheaper to read everything anew. */
const mostPages = 20;

/** Brings the store what the server has: everything once, and from there on what changes. */
export class Feed {
  private incoming: Change[] = [];
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly remote: Pick<Remote, "snapshot" | "changes">,
    private readonly later: (work: () => void) => void,
  ) {}

  /** Takes a change that was pushed. What comes until the next picture is applied at once. */
  push(change: Change): void {
    this.incoming.push(change);
    if (this.incoming.length === 1) this.later(() => this.flush());
  }

  /** Reads what has changed until now; what is asked for while another reads is read after it. */
  catchUp(): Promise<void> {
    this.reading = this.reading.catch(() => undefined).then(() => this.readChanges());
    return this.reading;
  }

  /** Reads everything anew. */
  async startOver(): Promise<void> {
    const { head: known } = this.store.state;
    const { base, head } = await readSnapshot(this.remote);
    // A server that was restored from a backup knows less than this browser: it is right.
    if (head < known) this.store.dispatch({ type: "loaded", base, head, ...queueOf(this.store.state) });
    else this.store.dispatch({ type: "snapshot", base, head });
  }

  private flush(): void {
    const changes = this.incoming;
    this.incoming = [];
    if (changes.length === 0) return;
    const missing = !goesOn(this.store.state, changes);
    this.store.dispatch({ type: "changes", changes });
    // It is repeated by whoever needs it: there is nobody here to tell.
    if (missing) this.catchUp().catch(() => undefined);
  }

  private async readChanges(): Promise<void> {
    this.flush();
    for (let page = 0; page < mostPages; page += 1) {
      const after = this.store.state.head;
      const found = await this.remote.changes(after).catch(forgotten);
      if (!found || found.head < after) break;
      this.store.dispatch({ type: "changes", changes: found.items });
      if (this.store.state.head >= found.head) return;
    }
    await this.startOver();
  }
}

function queueOf({ ops, groups }: State): Pick<State, "ops" | "groups"> {
  return { ops, groups };
}

/** The server keeps changes for a month. */
function forgotten(error: unknown): null {
  if (error instanceof ApiError && error.status === 410) return null;
  throw error;
}

/**
 * Reads everything page by page. Changes that come between two pages are not lost: head is that
 * of the first page.
 */
async function readSnapshot(remote: Pick<Remote, "snapshot">): Promise<{ base: Entities; head: number }> {
  const first = await remote.snapshot();
  const tables = new Map(kinds.map((kind) => [kind, new Map<string, { id: string }>()]));
  for (let page = first; ; page = await remote.snapshot(page.next)) {
    for (const kind of kinds) for (const object of page[kind]) tables.get(kind)?.set(object.id, object);
    if (!page.next) break;
  }
  return { base: { ...nothing, ...Object.fromEntries(tables), settings: first.settings }, head: first.head };
}
