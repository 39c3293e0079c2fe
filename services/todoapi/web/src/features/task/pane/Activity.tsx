import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { ActivityIcon } from "../../../ui/icons";
import { Spinner } from "../../../ui/Spinner";
import { useWords } from "../useWords";
import type { Entry } from "./activity";
import styles from "./TaskPane.module.css";
import { useTaskActivity } from "./useTaskActivity";

/** What happened to a task; it is asked for when somebody wants to know. */
export function Activity({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const [shown, setShown] = useState(false);
  if (!shown) {
    return (
      <Button variant="quiet" size="small" icon={<ActivityIcon />} className={styles.quietStart} onClick={() => setShown(true)}>
        {t("activity.show")}
      </Button>
    );
  }
  return <Entries task={task} />;
}

function Entries({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const { entries, isPending, error, more } = useTaskActivity(task.id, task.version);
  return (
    <section className={styles.part} aria-label={t("activity.label")}>
      <h3 className={styles.partName}>{t("activity.label")}</h3>
      <ol className={styles.entries}>
        {entries.map((entry) => (
          <EntryLine key={entry.seq} entry={entry} />
        ))}
      </ol>
      {isPending && <Spinner />}
      {error && <p className={styles.hint}>{t("activity.failed")}</p>}
      {!isPending && more && (
        <Button variant="quiet" size="small" className={styles.quietStart} onClick={more}>
          {t("activity.more")}
        </Button>
      )}
    </section>
  );
}

function EntryLine({ entry: { verb, fields, by, at } }: { entry: Entry }) {
  const { t, moment, viewer } = useWords();
  const names = new Intl.ListFormat(viewer.locale).format(fields.map((field) => t(`field.${field}`)));
  const actor = by.kind === "person" ? "" : t(`activity.by.${by.kind}`, { client: by.client ?? by.id });
  return (
    <li className={styles.entry}>
      <span>
        {verb === "updated" ? t("activity.updated", { fields: names }) : t(`activity.${verb}`)}
        {actor && <span className={styles.soft}> · {actor}</span>}
      </span>
      <time dateTime={at} className={styles.soft}>
        {moment(at)}
      </time>
    </li>
  );
}
