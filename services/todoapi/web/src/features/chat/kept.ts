import { storedFor } from "../../ui/stored";
import type { Saying } from "./talk";

/** What a browser keeps of a conversation, so that nothing is lost with its tab. */
export interface Kept {
  /** What is typed and was not said yet. */
  draft: string;
  /** What was said, and perhaps not heard: it has no answer yet. */
  pending: Saying | null;
}

type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const nothing: Kept = { draft: "", pending: null };

/** What this browser keeps of one person's conversations. Signing out forgets it. */
export class Keeping {
  private readonly names: string;

  constructor(
    user: string,
    private readonly memory: Memory | null = memoryOfBrowser(),
  ) {
    this.names = `${storedFor(user)}chat`;
  }

  /** The conversation that was open last. */
  last(): string | null {
    return this.get("");
  }

  noteLast(id: string): void {
    this.put("", id);
  }

  read(id: string): Kept {
    try {
      return { ...nothing, ...(JSON.parse(this.get(`.${id}`) ?? "{}") as Partial<Kept>) };
    } catch {
      return nothing; // written by something else
    }
  }

  note(id: string, change: Partial<Kept>): void {
    const kept = { ...this.read(id), ...change };
    this.put(`.${id}`, kept.draft === "" && !kept.pending ? null : JSON.stringify(kept));
  }

  private get(name: string): string | null {
    try {
      return this.memory?.getItem(this.names + name) ?? null;
    } catch {
      return null;
    }
  }

  private put(name: string, text: string | null): void {
    try {
      if (text === null) this.memory?.removeItem(this.names + name);
      else this.memory?.setItem(this.names + name, text);
    } catch {
      // Without room it lasts as long as the page.
    }
  }
}

/** Browsers may forbid to keep anything. */
function memoryOfBrowser(): Memory | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
