import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { undoGroup } from "../../store/acts";
import { useOps, useStore } from "../../store/hooks";
import { useAct } from "../../sync/hooks";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { CheckIcon } from "../../ui/icons";
import { UndoIcon } from "../../ui/moreIcons";
import styles from "./chat.module.css";

/** Takes back what an answer says was done, as anything that is done is taken back: by an act that waits its turn. */
export function UndoAct({ group }: { group: string }) {
  const { t } = useTranslation("chat");
  const act = useAct();
  const store = useStore();
  const [undo, setUndo] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const op = useOps().find(({ id }) => id === undo);
  const isUndone = undo !== null && !op;

  useEffect(
    () =>
      store.onEvent((event) => {
        if (event.type !== "refuse" || event.id !== undo) return;
        setWhy(event.refusal.message);
        setUndo(null);
        // It is said here: nobody needs to look for it elsewhere.
        queueMicrotask(() => store.dispatch({ type: "drop", id: event.id }));
      }),
    [store, undo],
  );
  useEffect(() => {
    if (isUndone) announce(t("undone"));
  }, [isUndone, t]);

  const press = () => {
    if (undo !== null) return;
    setWhy("");
    setUndo(act(undoGroup(group))?.id ?? null);
  };
  return (
    <div className={styles.undo}>
      {/* Were it disabled, the focus would be lost. */}
      <Button size="small" icon={isUndone ? <CheckIcon /> : <UndoIcon />} aria-disabled={undo !== null} aria-busy={op !== undefined} onClick={press}>
        {t(isUndone ? "undone" : "undo")}
      </Button>
      {why !== "" && (
        <p className={styles.refused} role="alert">
          {why}
        </p>
      )}
    </div>
  );
}
