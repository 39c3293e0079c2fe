import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { Task } from "../../api/types";
import { useViewer } from "../../store/hooks";
import { useServed } from "../../sync/served";
import { dayOf } from "../../time/due";
import { EmptyState } from "../../ui/EmptyState";
import { CompletedIcon } from "../../ui/icons";
import { rowsOf, ServedTasks, useWords } from "../task";

/** What was completed, by the day on which it was, the latest first. */
export function CompletedScreen({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation("lists");
  const { zone } = useViewer();
  const { day: dayWords } = useWords();
  const completed = useServed(["completed"], readCompleted);
  const groups = useMemo(
    () => byDay(completed.tasks, zone).map(({ day, tasks }) => ({ key: day, title: dayWords(day), rows: rowsOf(tasks) })),
    [completed.tasks, zone, dayWords],
  );
  return (
    <ServedTasks
      label={t("completed.title")}
      served={completed}
      groups={groups}
      onOpen={onOpen}
      empty={<EmptyState icon={<CompletedIcon />} title={t("completed.empty")} text={t("completed.emptyText")} />}
    />
  );
}

async function readCompleted(cursor: string | undefined) {
  const query = { status: "completed" as const, sort: "-completed" as const, limit: 100, ...(cursor !== undefined && { cursor }) };
  const { items, next } = await client.call(operations.listTasks, { query });
  return { tasks: items, next };
}

/** Tasks by the day on which they were completed, in their order; those that are open again are left out. */
export function byDay(tasks: readonly Task[], zone: string): { day: string; tasks: Task[] }[] {
  const days = new Map<string, Task[]>();
  for (const task of tasks) {
    if (task.completedAt === null) continue;
    const day = dayOf(new Date(task.completedAt), zone);
    const others = days.get(day);
    if (others) others.push(task);
    else days.set(day, [task]);
  }
  return [...days].map(([day, ofDay]) => ({ day, tasks: ofDay }));
}
