import { type ReactNode, useMemo, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useEntities, useList, useViewer } from "../../../store/hooks";
import type { Group, ListOf } from "../../../store/lists";
import { dayOf } from "../../../time/due";
import { useWords } from "../useWords";
import type { TaskGroup } from "./items";
import { ListModel } from "./model";
import { TaskRows } from "./TaskRows";

interface TaskListProps {
  /** What the list is of, in words. */
  label: string;
  /** Must be the same object between renders. Give the component another key for another list. */
  list: ListOf;
  empty?: ReactNode;
  onOpen: (id: string) => void;
}

/** The open tasks of a list of the store, with what can be done to them. */
export function TaskList({ label, list, empty, onOpen }: TaskListProps) {
  const [model] = useState(() => new ListModel());
  const folded = useSyncExternalStore(model.subscribe, () => model.get().folded);
  const groups = useTitled(list, useList(list, folded));
  const manual = list.kind === "inbox" || list.kind === "project";
  return <TaskRows label={label} groups={groups} model={model} manual={manual} namesProjects={!manual} empty={empty} onOpen={onOpen} />;
}

interface FoundTasksProps extends Omit<TaskListProps, "list"> {
  groups: readonly TaskGroup[];
}

/** Tasks that were found in another way, such as by a filter or a search. */
export function FoundTasks(props: FoundTasksProps) {
  const [model] = useState(() => new ListModel());
  return <TaskRows {...props} model={model} namesProjects />;
}

/** Groups with their headings, and with where tasks are put that are typed below them. */
function useTitled(list: ListOf, groups: readonly Group[]): readonly TaskGroup[] {
  const { t } = useTranslation("task");
  const { day: dayWords } = useWords();
  const { now, zone } = useViewer();
  const { sections } = useEntities();
  const today = dayOf(now, zone);
  return useMemo(() => {
    switch (list.kind) {
      case "inbox":
        return groups.map((group) => ({ ...group, place: {} }));
      case "tag":
        return groups;
      case "project":
        return groups.map((group) =>
          group.key === "" ? { ...group, place: { projectId: list.id } } : { ...group, title: sections.get(group.key)?.name ?? "", place: { projectId: list.id, sectionId: group.key } },
        );
      case "upcoming":
        return groups.map((group) => ({ ...group, title: dayWords(group.key), place: { day: group.key } }));
      case "today": {
        const titles = { overdue: t("group.overdue"), now: t("group.today"), later: t("group.later") };
        const place = { day: today };
        const titled = groups.map(
          (group): TaskGroup => ({ ...group, title: titles[group.key as keyof typeof titles], ...(group.key === "overdue" ? { tone: "overdue" } : { place }) }),
        );
        if (titled.some((group) => group.place)) return titled;
        return [...titled, { key: "now", rows: [], place, ...(titled.length > 0 && { title: titles.now }) }];
      }
    }
  }, [list, groups, sections, dayWords, t, today]);
}
