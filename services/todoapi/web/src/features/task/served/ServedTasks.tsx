import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../../../api/types";
import type { Row } from "../../../store/lists";
import type { Served } from "../../../sync/served";
import { Button } from "../../../ui/Button";
import { EmptyState } from "../../../ui/EmptyState";
import { OfflineIcon } from "../../../ui/icons";
import { Spinner } from "../../../ui/Spinner";
import type { TaskGroup } from "../list/items";
import { FoundTasks } from "../list/TaskList";
import styles from "./served.module.css";

/** Tasks as rows of a list in which each stands by itself. */
export function rowsOf(tasks: readonly Task[]): Row[] {
  return tasks.map(({ id }) => ({ id, depth: 0, children: 0 }));
}

interface ServedTasksProps {
  label: string;
  served: Served;
  groups: readonly TaskGroup[];
  empty: ReactNode;
  onOpen: (id: string) => void;
}

/** A list that the server makes: while it loads, when it cannot be had, and page by page. */
export function ServedTasks({ label, served, groups, empty, onOpen }: ServedTasksProps) {
  const { t } = useTranslation("lists");
  if (served.state === "loading") return <Spinner label={t("loading")} />;
  if (served.state === "failed") {
    return <EmptyState icon={<OfflineIcon />} title={t("failed")} text={served.error?.message ?? ""} action={<Button onClick={served.again}>{t("again")}</Button>} />;
  }
  if (served.tasks.length === 0) return empty;
  return (
    <>
      <FoundTasks label={label} groups={groups} onOpen={onOpen} />
      {served.more && (
        <div className={styles.more}>
          <Button busy={served.busy} onClick={served.more}>
            {t("more")}
          </Button>
        </div>
      )}
    </>
  );
}
