import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { Task } from "../../api/types";
import { restoreTask } from "../../store/acts";
import { useEntity, useViewer } from "../../store/hooks";
import { useAct } from "../../sync/hooks";
import { served } from "../../sync/served";
import { spellInstant } from "../../time/due";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { OfflineIcon, TrashIcon } from "../../ui/icons";
import { UndoIcon } from "../../ui/moreIcons";
import { Spinner } from "../../ui/Spinner";
import styles from "./trash.module.css";

/** What was deleted and can be restored for so many days, the latest first. */
export function TrashScreen({ days: count }: { days: number }) {
  const { t } = useTranslation("lists");
  const trash = useInfiniteQuery({
    queryKey: [served, "trash"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      client.call(operations.listTasks, { query: { status: "deleted", sort: "-updated", limit: 100, ...(pageParam !== undefined && { cursor: pageParam }) } }),
    getNextPageParam: ({ next }) => next,
  });
  if (trash.isPending) return <Spinner label={t("loading")} />;
  if (!trash.data) {
    return <EmptyState icon={<OfflineIcon />} title={t("failed")} text={trash.error.message} action={<Button onClick={() => void trash.refetch()}>{t("again")}</Button>} />;
  }
  const tasks = trash.data.pages.flatMap(({ items }) => items);
  if (tasks.length === 0) return <EmptyState icon={<TrashIcon />} title={t("trash.empty")} text={t("trash.emptyText", { count })} />;
  return (
    <>
      <p className={styles.note}>{t("trash.note", { count })}</p>
      <ul>
        {tasks.map((task) => (
          <Line key={task.id} task={task} />
        ))}
      </ul>
      {trash.hasNextPage && (
        <Button busy={trash.isFetchingNextPage} onClick={() => void trash.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </>
  );
}

function Line({ task }: { task: Task }) {
  const { t } = useTranslation("lists");
  const viewer = useViewer();
  const act = useAct();
  const [asked, setAsked] = useState(false);
  const back = useEntity("tasks", task.id) !== undefined;
  const restore = () => {
    setAsked(true);
    act(restoreTask(task.id), t("trash.restored", { title: task.title }));
  };
  return (
    <li className={styles.line}>
      <span className={styles.title}>{task.title}</span>
      <time className={styles.when} dateTime={task.updatedAt}>
        {spellInstant(new Date(task.updatedAt), viewer)}
      </time>
      <Button variant="quiet" size="small" icon={<UndoIcon />} disabled={asked || back} aria-label={t("trash.restoreNamed", { title: task.title })} onClick={restore}>
        {t("trash.restore")}
      </Button>
    </li>
  );
}
