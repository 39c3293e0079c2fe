import type { Conversation, Message } from "../../api/chat";
import { ApiError, isTransient } from "../../api/http";
import type { Keeping } from "./kept";
import { faultOf, lost, type Saying, silence, type Talk, withAnswer, withRead } from "./talk";

/** The chatbot, for one person. */
export interface Chatbot {
  read: (conversation: string) => Promise<Conversation>;
  remove: (conversation: string) => Promise<void>;
  /** Says something and returns the answer; onText gets the pieces of its text as they come. */
  say: (conversation: string, saying: Saying, onText: (piece: string) => void) => Promise<Message>;
}

export interface ChatOptions {
  bot: Chatbot;
  kept: Keeping;
  newId: () => string;
  now: () => number;
  /** Runs work a little later, before the next picture: what comes until then is shown at once. */
  later: (work: () => void) => void;
  wait: (ms: number) => Promise<void>;
}

/** How long is waited before something is said again whose answer was lost. After the last time people are asked. */
const pausesMs = [500, 2_000];

/**
 * The conversations of one person in one window. They go on when nobody looks: panels and pages
 * come and go meanwhile.
 */
export class Chat {
  private talks: ReadonlyMap<string, Talk> = new Map();
  private shown: string;
  private answers = 0;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: ChatOptions) {
    const last = options.kept.last();
    this.shown = last ?? options.newId();
    if (last === null) this.talks = new Map([[this.shown, silence]]);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The conversation that is open, wherever it is shown. */
  readonly current = (): string => this.shown;

  /** Counts what changes the list of conversations. */
  readonly revision = (): number => this.answers;

  readonly talk = (id: string): Talk => this.talks.get(id) ?? silence;

  draft(id: string): string {
    return this.options.kept.read(id).draft;
  }

  keepDraft(id: string, draft: string): void {
    this.options.kept.note(id, { draft });
  }

  /** Makes a conversation the one that is open, and reads what was said in it elsewhere. */
  open(id: string): void {
    this.show(id);
    void this.read(id);
  }

  /** Opens a conversation in which nothing was said. */
  begin(): void {
    const id = this.options.newId();
    this.set(id, silence);
    this.show(id);
  }

  /** Says something. Until it is answered nothing else can be said there: false. */
  say(id: string, text: string, to?: string): boolean {
    if (this.talk(id).pending) return false;
    const saying: Saying = { id: this.options.newId(), text, at: new Date(this.options.now()).toISOString(), ...(to !== undefined && { to }) };
    this.options.kept.note(id, { pending: saying });
    this.change(id, { pending: saying, answer: "", fault: null });
    void this.deliver(id, saying);
    return true;
  }

  /** Says again what was not answered. */
  again(id: string): void {
    const { pending, fault } = this.talk(id);
    if (!pending || !fault) return;
    this.change(id, { fault: null });
    void this.deliver(id, pending);
  }

  /** Takes back what was refused, and returns it for the person to change if they had typed it. */
  takeBack(id: string): string {
    const { pending } = this.talk(id);
    this.settle(id, { pending: null, answer: "", fault: null });
    return pending && pending.to === undefined ? pending.text : "";
  }

  /** Has the server forget a conversation. */
  async remove(id: string): Promise<void> {
    await this.options.bot.remove(id);
    this.options.kept.note(id, { draft: "", pending: null });
    this.talks = new Map([...this.talks].filter(([other]) => other !== id));
    this.answers += 1;
    if (this.shown === id) this.begin();
    else this.tell();
  }

  private show(id: string): void {
    if (this.shown === id && this.options.kept.last() === id) return;
    this.shown = id;
    this.options.kept.noteLast(id);
    this.tell();
  }

  private async read(id: string): Promise<void> {
    const known = this.talks.get(id);
    // What is under way comes by itself, and of what began here there is no more.
    if (known?.pending || known?.state === "reading" || (known?.state === "there" && known.messages.length === 0)) return;
    const { pending } = this.options.kept.read(id);
    this.set(id, { ...(known ?? silence), state: known?.state === "there" ? "there" : "reading", pending, fault: pending && lost });
    const { messages } = this.talk(id);
    try {
      const conversation = await this.options.bot.read(id);
      // What was answered meanwhile may not be in what was read.
      if (this.talk(id).messages === messages) this.settle(id, withRead(this.talk(id), conversation));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.change(id, { state: "there", title: "", messages: [] });
      else if (this.talk(id).state === "reading") this.change(id, { state: "failed" });
    }
  }

  private async deliver(id: string, saying: Saying): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const hearing = new Hearing(this.options.later, (answer) => this.change(id, { answer }));
      try {
        const answer = await this.options.bot.say(id, saying, hearing.hear);
        this.answers += 1;
        this.settle(id, withAnswer(this.talk(id), saying, answer));
        return;
      } catch (error) {
        const pause = pausesMs[attempt];
        // What was heard before may still be on its way to an answer.
        const answering = attempt > 0 && error instanceof ApiError && error.status === 409;
        if ((!isTransient(error) && !answering) || pause === undefined) {
          this.change(id, { answer: "", fault: answering ? lost : faultOf(error) });
          return;
        }
        this.change(id, { answer: "" });
        await this.options.wait(pause);
      } finally {
        hearing.end();
      }
    }
  }

  /** Changes a conversation, of which nothing may be pending any more. */
  private settle(id: string, change: Partial<Talk>): void {
    const talk = { ...this.talk(id), ...change };
    if (!talk.pending) this.options.kept.note(id, { pending: null });
    this.set(id, talk);
  }

  private change(id: string, change: Partial<Talk>): void {
    this.set(id, { ...this.talk(id), ...change });
  }

  private set(id: string, talk: Talk): void {
    this.talks = new Map(this.talks).set(id, talk);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Puts the pieces of one answer together, and tells it as often as there are pictures. */
class Hearing {
  private heard = "";
  private waiting = false;
  private over = false;

  constructor(
    private readonly later: ChatOptions["later"],
    private readonly tell: (heard: string) => void,
  ) {}

  readonly hear = (piece: string): void => {
    this.heard += piece;
    if (this.waiting) return;
    this.waiting = true;
    this.later(() => {
      this.waiting = false;
      if (!this.over) this.tell(this.heard);
    });
  };

  /** What is told from now on would be of an answer that is there or was lost. */
  end(): void {
    this.over = true;
  }
}
