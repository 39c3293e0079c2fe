import type { TFunction } from "i18next";
import type { Priority, Task } from "../../../api/types";
import * as acts from "../../../store/acts";
import type { Act } from "../../../store/model";
import type { Store } from "../../../store/store";
import type { Anchor } from "../../../ui/anchor";
import { hasTag, onDay, tops, withoutTag, withPriority, withTag } from "../edits";
import type { Edit } from "../useEdit";
import { type Choice, kept, meant, moved, placed, ranged, toggled } from "./cursor";
import type { TaskGroup } from "./items";
import type { Asked, ListModel } from "./model";
import { branchOf, dropped, type Gap, indented, lowered, type Move, outdented, raised } from "./moves";

/** How long a completed task is still seen, in milliseconds. */
const farewell = 450;

export interface Around {
  store: Store;
  edit: Edit;
  t: TFunction<"task">;
  onOpen: (id: string) => void;
}

/** All that can be done to the tasks of a list, by keys, menus and the pointer alike. */
export class ListActions {
  private shown: readonly TaskGroup[] = [];

  constructor(
    readonly model: ListModel,
    private around: Around,
  ) {}

  /** Follows what is shown, and what the page around it gives. */
  follow(around: Around, groups: readonly TaskGroup[]): void {
    this.around = around;
    this.shown = groups;
  }

  get groups(): readonly TaskGroup[] {
    return this.shown;
  }

  private get choice(): Choice {
    return this.model.get().choice;
  }

  /** What a command is about: what it names, what is chosen, or the task at the cursor. */
  meant(ids?: readonly string[]): readonly string[] {
    return ids ?? meant(this.choice, this.model.order);
  }

  tasks(ids: readonly string[]): Task[] {
    const { tasks } = this.around.store.entities();
    return ids.flatMap((id) => tasks.get(id) ?? []);
  }

  step(by: number): void {
    this.focus(moved(this.choice, this.model.order, by));
  }

  /** Chooses from where the range began to so many rows further. */
  stretch(by: number): void {
    const { cursor } = moved(this.choice, this.model.order, by);
    if (cursor !== null) this.focus(ranged(this.choice, this.model.order, cursor));
  }

  private focus(choice: Choice): void {
    this.model.wantFocus(true);
    this.model.change({ choice });
  }

  point(id: string): void {
    this.model.leaveFocus();
    if (this.choice.cursor !== id) this.model.change({ choice: placed(this.choice, id) });
  }

  toggle(id = this.choice.cursor): void {
    if (id !== null) this.model.change({ choice: toggled(this.choice, id) });
  }

  stretchTo(id: string): void {
    this.model.change({ choice: ranged(this.choice, this.model.order, id) });
  }

  chooseAll(): void {
    this.model.change({ choice: { ...this.choice, chosen: new Set(this.model.order) } });
  }

  chooses(): boolean {
    return this.choice.chosen.size > 0;
  }

  release(): void {
    this.model.change({ choice: { ...this.choice, chosen: new Set(), anchor: null } });
  }

  open(id = this.choice.cursor): void {
    if (id !== null) this.around.onOpen(id);
  }

  ask(picker: Asked["picker"], ids = this.meant(), anchor: Anchor | null = null): void {
    if (ids.length > 0) this.model.change({ asked: { picker, ids, anchor } });
  }

  complete(ids = this.meant()): void {
    const tasks = this.tasks(ids);
    const open = tasks.some(({ completedAt }) => completedAt === null);
    if (!open) {
      this.each("reopened", tasks, ({ id }) => acts.reopenTask(id));
      return;
    }
    const shown = this.groups.flatMap(({ rows }) => rows.flatMap(({ id }, at) => (ids.includes(id) ? branchOf(rows, at).map((row) => row.id) : [])));
    this.model.leave(shown, true);
    setTimeout(() => this.model.leave(shown, false), farewell);
    // What takes leave is seen a little longer, but the next key is for what comes after it.
    const next = kept(this.choice, this.model.order, this.model.order.filter((id) => !shown.includes(id)));
    if (next !== this.choice) this.focus(next);
    this.each("completed", tasks.filter(({ completedAt }) => completedAt === null), ({ id }) => acts.completeTask(id));
  }

  remove(ids = this.meant()): void {
    this.each("deleted", this.tasks(tops(this.around.store.entities().tasks, ids)), ({ id }) => acts.deleteTask(id));
  }

  prioritise(priority: Priority, ids = this.meant()): void {
    this.each("changed", this.tasks(ids).filter((task) => task.priority !== priority), (task) => withPriority(task, priority));
  }

  reschedule(day: string | null, ids = this.meant()): void {
    this.each("rescheduled", this.tasks(ids).filter((task) => (task.due?.date ?? null) !== day), (task) => onDay(task, day));
  }

  change(fieldsOf: (task: Task) => acts.TaskFields, ids: readonly string[]): void {
    this.each("changed", this.tasks(ids), (task) => acts.updateTask(task, fieldsOf(task)));
  }

  tag(tag: string, ids = this.meant()): void {
    const tasks = this.tasks(ids);
    if (tasks.every((task) => hasTag(task, tag))) this.each("changed", tasks, (task) => withoutTag(task, tag));
    else this.each("changed", tasks.filter((task) => !hasTag(task, tag)), (task) => withTag(task, tag));
  }

  moveTo(to: { projectId: string | null; sectionId: string | null }, ids = this.meant()): void {
    this.each("moved", this.tasks(tops(this.around.store.entities().tasks, ids)), ({ id }) => acts.moveTask(id, to));
  }

  /** Puts the task at the cursor elsewhere among those around it. */
  shift(where: "up" | "down" | "in" | "out"): void {
    const id = this.choice.cursor;
    if (id === null) return;
    this.focus(this.choice);
    this.place([id], { up: raised, down: lowered, in: indented, out: outdented }[where](this.groups, id));
  }

  /** Lets go of tasks in a gap of a group: there in order, or on its day. */
  drop(ids: readonly string[], key: string, gap: Gap): void {
    const group = this.groups.find((one) => one.key === key);
    if (!group) return;
    if (group.place?.day !== undefined) {
      this.reschedule(group.place.day, ids);
      return;
    }
    const dragged = new Set(tops(this.around.store.entities().tasks, ids));
    const gone = new Set(group.rows.flatMap(({ id }, at) => (dragged.has(id) ? branchOf(group.rows, at).map((row) => row.id) : [])));
    const rows = group.rows.filter(({ id }) => !gone.has(id));
    const at = group.rows.slice(0, gap.at).filter(({ id }) => !gone.has(id)).length;
    this.place([...dragged], dropped({ ...group, rows }, { at, depth: gap.depth }));
  }

  /** Puts tasks to a place, one after the other. */
  private place(ids: readonly string[], to: Move): void {
    if (!to) return;
    const moves = ids.map((id, at) => acts.moveTask(id, at === 0 ? to : { after: ids[at - 1] ?? id }));
    this.around.edit(moves, this.around.t("done.moved", { count: ids.length, title: this.tasks(ids)[0]?.title ?? "" }));
  }

  private each(verb: "completed" | "reopened" | "deleted" | "changed" | "rescheduled" | "moved", tasks: readonly Task[], act: (task: Task) => Act): void {
    if (tasks.length === 0) return;
    this.model.wantFocus(); // should the row at the cursor go by it
    this.around.edit(tasks.map(act), this.around.t(`done.${verb}`, { count: tasks.length, title: tasks[0]?.title ?? "" }));
  }
}
