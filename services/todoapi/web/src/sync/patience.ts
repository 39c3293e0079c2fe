import { ApiError, isTransient } from "../api/http";

const backoff = { firstMs: 500, limitMs: 30_000 };

/** Full jitter: any moment up to an exponential bound, so that clients do not come back in step. */
export function delayMs(attempt: number, random: number): number {
  return random * Math.min(backoff.limitMs, backoff.firstMs * 2 ** attempt);
}

/** Nobody waits for the result any more. */
export class Stopped extends Error {}

/** Does work again, until it succeeds or fails for a reason that stays. */
export class Patience {
  private readonly waits = new Set<() => void>();
  private stopped = false;

  constructor(private readonly random: () => number) {}

  /** Does what has an effect: only an answer that says so, or none, is reason to do it again. */
  until<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.repeat(work, passes, () => undefined);
  }

  /** Reads, which may be repeated after any failure of the server. onFailure is called before each wait. */
  read<Result>(work: () => Promise<Result>, onFailure: () => void = () => undefined): Promise<Result> {
    return this.repeat(work, (error) => passes(error) || (error instanceof ApiError && error.status >= 500), onFailure);
  }

  /** Tries at once what is waiting: the network or the person is back. */
  wake(): void {
    for (const resume of this.waits) resume();
  }

  stop(): void {
    this.stopped = true;
    this.wake();
  }

  private async repeat<Result>(work: () => Promise<Result>, again: (error: unknown) => boolean, onFailure: () => void): Promise<Result> {
    for (let attempt = 0; ; attempt += 1) {
      if (this.stopped) throw new Stopped();
      try {
        return await work();
      } catch (error) {
        if (!again(error)) throw error;
        onFailure();
        await this.wait(Math.max(retryAfterMs(error), delayMs(attempt, this.random())));
      }
    }
  }

  private async wait(ms: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const resume = () => {
        clearTimeout(timer);
        this.waits.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, ms);
      this.waits.add(resume);
    });
  }
}

/** Whether waiting can help. */
function passes(error: unknown): boolean {
  return isTransient(error) || (error instanceof ApiError && [408, 429].includes(error.status));
}

function retryAfterMs(error: unknown): number {
  return error instanceof ApiError ? error.retryAfterMs : 0;
}
