import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../../api/types";
import { moveTask } from "../../store/acts";
import { useStore, useViewer } from "../../store/hooks";
import type { Act } from "../../store/model";
import { dayOf } from "../../time/due";
import { hasTag, onDay, tops, useEdit, withTag } from "../task";

/** What becomes of tasks that are let go on a place of the sidebar. */
export function useDrops() {
  const store = useStore();
  const edit = useEdit();
  const { t } = useTranslation(["nav", "lists"]);
  const { now, zone } = useViewer();
  return useMemo(() => {
    const tasksOf = (ids: readonly string[]) => ids.flatMap((id) => store.entities().tasks.get(id) ?? []);
    const each = (tasks: readonly Task[], actOf: (task: Task) => Act, label: (count: number) => string) => {
      if (tasks.length > 0) edit(tasks.map(actOf), label(tasks.length));
    };
    return {
      /** Into a project; null: the inbox. */
      onProject: (projectId: string | null, name: string) => (ids: readonly string[]) => {
        const elsewhere = tasksOf(tops(store.entities().tasks, ids)).filter((task) => task.projectId !== projectId || task.parentId !== null);
        each(elsewhere, ({ id }) => moveTask(id, { projectId, sectionId: null }), (count) => t("lists:board.moved", { count, name }));
      },
      onToday: (ids: readonly string[]) => {
        const today = dayOf(now, zone);
        each(tasksOf(ids).filter(({ due }) => due?.date !== today), (task) => onDay(task, today), (count) => t("dropped.today", { count }));
      },
      onTag: (name: string) => (ids: readonly string[]) => {
        each(tasksOf(ids).filter((task) => !hasTag(task, name)), (task) => withTag(task, name), (count) => t("dropped.tagged", { count, name }));
      },
    };
  }, [store, edit, t, now, zone]);
}
