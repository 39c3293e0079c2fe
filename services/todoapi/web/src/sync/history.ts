/** One thing that was done in this window, by the name that people know it by. */
export interface Done {
  opId: string;
  label: string;
}

/** How much of it is remembered. */
const limit = 50;

/** What was done in this window lately and can be undone, latest last. */
export class History {
  private done: readonly Done[] = [];
  private readonly listeners = new Set<() => void>();

  readonly last = (): Done | null => this.done.at(-1) ?? null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  labelOf(opId: string): string | undefined {
    return this.done.find((one) => one.opId === opId)?.label;
  }

  add(done: Done): void {
    this.set([...this.done, done].slice(-limit));
  }

  /** Forgets an act: it was undone, or was not done at all. */
  remove(opId: string): void {
    if (this.labelOf(opId) !== undefined) this.set(this.done.filter((one) => one.opId !== opId));
  }

  private set(done: readonly Done[]): void {
    this.done = done;
    for (const listener of this.listeners) listener();
  }
}
