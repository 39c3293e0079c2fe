import type { Act, Entities, Op, State } from "./model";
import { initial } from "./model";
import { newId } from "./acts";
import { Indexes } from "./indexes";
import { type Event, reduce, view } from "./reduce";

export interface StoreOptions {
  /** The clock. */
  now: () => number;
  /** Runs work a little later, before the next picture: what comes until then is shown at once. */
  later: (work: () => void) => void;
  /** The zone of the device, until the person's own is known. */
  zone: string;
}

/** The state of one person's data in one window, and who is told when it changes. */
export class Store {
  private current: State = initial;
  private shown: Entities = initial.base;
  private byZone: Indexes;
  private readonly listeners = new Set<() => void>();
  private readonly eventListeners = new Set<(event: Event, state: State) => void>();
  private waiting = false;

  constructor(private readonly options: StoreOptions) {
    this.byZone = new Indexes(options.zone);
  }

  /** The state, with all that was dispatched. */
  get state(): State {
    return this.current;
  }

  /** What is on the screen: as of the last picture. */
  readonly entities = (): Entities => this.shown;

  /** The open tasks of what is on the screen. */
  get indexes(): Indexes {
    return this.byZone;
  }

  get zone(): string {
    return this.shown.settings?.zone ?? this.options.zone;
  }

  dispatch(event: Event): void {
    const next = reduce(this.current, event);
    if (next === this.current) return;
    this.current = next;
    for (const listener of this.eventListeners) listener(event, next);
    if (this.waiting) return;
    this.waiting = true;
    this.options.later(() => this.show());
  }

  /** Does something: it is seen at once and is sent when its turn comes. */
  act(act: Act): Op {
    const op: Op = { id: newId(), at: this.options.now(), act, state: "waiting" };
    this.dispatch({ type: "enqueue", op });
    // What a person does must not wait for the next picture.
    this.show();
    return op;
  }

  /** Calls listener whenever something else is on the screen. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls listener with each event that changed the state, at once. */
  readonly onEvent = (listener: (event: Event, state: State) => void): (() => void) => {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  };

  private show(): void {
    this.waiting = false;
    this.shown = view(this.current);
    if (this.byZone.zone !== this.zone) this.byZone = new Indexes(this.zone);
    this.byZone.follow(this.shown.tasks);
    for (const listener of this.listeners) listener();
  }
}
