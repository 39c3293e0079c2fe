import { useTranslation } from "react-i18next";
import { PlusIcon } from "../../../ui/icons";
import { Composer } from "../composer";
import { useListContext, useListState } from "./context";
import type { TaskGroup } from "./items";
import styles from "./TaskList.module.css";

/** Below a group: a line to add a task there, which becomes the place to type it. */
export function AddLine({ group }: { group: TaskGroup }) {
  const { model } = useListContext();
  const { t } = useTranslation("task");
  const composing = useListState((state) => state.composing === group.key);
  if (composing) {
    return (
      <div className={styles.composer}>
        <Composer place={group.place ?? {}} onClose={() => model.change({ composing: null })} />
      </div>
    );
  }
  return (
    <button type="button" className={styles.add} onClick={() => model.change({ composing: group.key })}>
      <span className={styles.plus}>
        <PlusIcon />
      </span>
      {t("add")}
    </button>
  );
}
