import { ApiError, OtherUserError } from "../api/http";
import type { Conflict, Op, Refusal } from "../store/model";
import type { Store } from "../store/store";
import { type Patience, Stopped } from "./patience";
import { asked, conflictsOf, Written } from "./rebase";
import type { Answer, Remote, Request } from "./remote";

export interface SenderOptions {
  store: Store;
  remote: Pick<Remote, "send">;
  patience: Patience;
  /** Reads what has changed until now. */
  catchUp: () => Promise<void>;
  /** Called after each act that the server has done. */
  onReply: (seq: number) => void;
  /** Whether no other window sends too: what was not sent from here was not sent at all. */
  alone: boolean;
}

/** How often an edit is tried again because its object has changed in between. */
const retries = 5;

/** Why something is not sent. */
type Verdict = { refusal: Refusal } | { conflicts: Conflict[] };

/** Sends the acts that wait, one after the other in the order in which they were done. */
export class Sender {
  private sending = false;
  private stopped = false;
  private readonly written = new Written();
  /** Acts that may have been sent before, from here or elsewhere: only the server can take them back. */
  private readonly perhapsSent: Set<string>;
  private readonly ignore: () => void;

  constructor(private readonly options: SenderOptions) {
    this.perhapsSent = new Set(options.store.state.ops.map(({ id }) => id));
    this.ignore = options.store.onEvent(({ type }) => {
      if (type === "enqueue" || type === "again") void this.run();
    });
  }

  stop(): void {
    this.stopped = true;
    this.ignore();
  }

  /** Sends until nothing waits any more. */
  async run(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let op = this.next(); op; op = this.next()) await this.deliver(op);
    } catch (error) {
      // The session is over, or nothing can be read: the acts wait until that is better.
      if (!isOver(error) && !(error instanceof ApiError)) throw error;
    } finally {
      this.sending = false;
    }
  }

  private next(): Op | undefined {
    if (this.stopped) return undefined;
    this.dropUndone();
    return this.options.store.state.ops.find(({ state }) => state === "waiting");
  }

  /** Lets go of acts that were taken back before they were done, the latest first: an undo may be undone. */
  private dropUndone(): void {
    const { store } = this.options;
    for (const undo of [...store.state.ops].reverse()) {
      if (undo.act.kind !== "undo" || !this.isUndone(undo.id)) continue;
      const { opId } = undo.act;
      if (!this.isUndone(opId)) continue;
      store.dispatch({ type: "drop", id: undo.id });
      store.dispatch({ type: "drop", id: opId });
    }
  }

  /** Whether an act is there and the server surely has not done it. */
  private isUndone(id: string): boolean {
    const op = this.options.store.state.ops.find((one) => one.id === id);
    if (op?.state !== "waiting") return op !== undefined && op.state !== "acknowledged";
    return this.options.alone && !this.perhapsSent.has(id);
  }

  private async deliver(op: Op): Promise<void> {
    const { store, remote, patience, onReply, catchUp } = this.options;
    for (let attempt = 0; ; attempt += 1) {
      const request = await this.requestOf(op);
      if (!("kind" in request)) {
        this.settle(op, request);
        return;
      }
      this.perhapsSent.add(op.id);
      try {
        const answer = await patience.until(() => remote.send(op.id, request));
        if (this.stopped) return;
        this.note(op, answer);
        store.dispatch({ type: "reply", id: op.id, seq: answer.seq, group: answer.group });
        onReply(answer.seq);
        return;
      } catch (error) {
        if (this.stopped || isOver(error)) throw error;
        if (wasDone(error)) {
          await catchUp();
          store.dispatch({ type: "reply", id: op.id, seq: store.state.head, group: null });
          return;
        }
        if (!isStale(error) || attempt === retries) {
          this.settle(op, { refusal: refusalOf(error) });
          return;
        }
        await catchUp();
      }
    }
  }

  /** What is sent of an act, as things are now. */
  private async requestOf({ act }: Op): Promise<Request | Verdict> {
    const { store, catchUp } = this.options;
    switch (act.kind) {
      case "commands": {
        let conflicts = conflictsOf(act.commands, store.state.base, this.written);
        if (conflicts.length > 0) {
          // It may be the person's own change, which has not come back yet.
          await catchUp();
          conflicts = conflictsOf(act.commands, store.state.base, this.written);
        }
        return conflicts.length > 0 ? { conflicts } : { kind: "commands", commands: asked(act.commands, store.state.base) };
      }
      case "undo": {
        const group = store.state.groups.get(act.opId);
        if (group !== undefined) return { kind: "commands", commands: [{ name: "act.undo", id: group }] };
        return { refusal: { status: 404, message: "It cannot be undone any more." } };
      }
      case "lines":
      case "step":
        return act;
    }
  }

  private note({ act }: Op, { results }: Answer): void {
    if (act.kind === "commands") this.written.note(act.commands, results);
  }

  private settle({ id }: Op, verdict: Verdict): void {
    this.options.store.dispatch("refusal" in verdict ? { type: "refuse", id, ...verdict } : { type: "conflict", id, ...verdict });
  }
}

function isOver(error: unknown): boolean {
  return error instanceof Stopped || error instanceof OtherUserError || (error instanceof ApiError && error.status === 401);
}

/** An object has another version by now. */
function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

/** The key was used before for the same act on an older version: its answer was lost. */
function wasDone(error: unknown): boolean {
  return error instanceof ApiError && error.fields.has("header.Idempotency-Key");
}

function refusalOf(error: unknown): Refusal {
  return { status: error instanceof ApiError ? error.status : 0, message: error instanceof Error ? error.message : String(error) };
}
