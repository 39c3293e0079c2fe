import type { Anchor } from "../../../ui/anchor";
import { type Choice, kept, nobody } from "./cursor";
import type { Gap } from "./moves";

/** What can be chosen for tasks from a list, beside the row that it is about. */
export interface Asked {
  picker: "menu" | "date" | "priority" | "tags" | "project";
  ids: readonly string[];
  /** Beside what it opens: a row, a button of it, the pointer. Absent, it is beside the first of them. */
  anchor: Anchor | null;
}

export interface ListState {
  choice: Choice;
  /** Tasks and headings whose content is folded away. */
  folded: ReadonlySet<string>;
  /** Tasks that have been completed here and take leave of the list. */
  leaving: ReadonlySet<string>;
  asked: Asked | null;
  /** The group below which a task is being typed. */
  composing: string | null;
  /** Where what is dragged would go. */
  drop: { group: string; gap: Gap } | null;
}

const atFirst: ListState = { choice: nobody, folded: new Set(), leaving: new Set(), asked: null, composing: null, drop: null };

/** The state of one list on the screen. Rows listen to what concerns them, so that no other is drawn anew. */
export class ListModel {
  private state = atFirst;
  private readonly listeners = new Set<() => void>();
  /** The tasks on the screen, from the top to the bottom. */
  order: readonly string[] = [];
  private wants = { focus: false, view: false };

  readonly get = (): ListState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  change(part: Partial<ListState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }

  /** Follows the rows to how they are now. */
  follow(order: readonly string[]): void {
    const before = this.order;
    this.order = order;
    const choice = kept(this.state.choice, before, order);
    if (choice !== this.state.choice) this.change({ choice });
  }

  /** The row at the cursor is to take the focus, and perhaps to be scrolled to. */
  wantFocus(view = false): void {
    this.wants = { focus: true, view };
  }

  /** The person has put the focus somewhere by themselves. */
  leaveFocus(): void {
    this.wants = { ...this.wants, focus: false };
  }

  /** Whether the row at the cursor is to take the focus: that is so once. */
  takeFocus(): boolean {
    const { focus } = this.wants;
    this.wants = { ...this.wants, focus: false };
    return focus;
  }

  takeView(): boolean {
    const { view } = this.wants;
    this.wants = { ...this.wants, view: false };
    return view;
  }

  fold(key: string, folded = !this.state.folded.has(key)): void {
    this.change({ folded: changed(this.state.folded, [key], folded) });
  }

  leave(ids: readonly string[], leaving: boolean): void {
    this.change({ leaving: changed(this.state.leaving, ids, leaving) });
  }
}

function changed(set: ReadonlySet<string>, keys: readonly string[], has: boolean): ReadonlySet<string> {
  const next = new Set(set);
  for (const key of keys) {
    if (has) next.add(key);
    else next.delete(key);
  }
  return next;
}
