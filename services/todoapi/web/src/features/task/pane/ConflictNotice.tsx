import { useTranslation } from "react-i18next";
import type { Conflict, Op } from "../../../store/model";
import { useAttention } from "../../../sync/hooks";
import { Button } from "../../../ui/Button";
import { WarningIcon } from "../../../ui/icons";
import { type Field, fields } from "./activity";
import styles from "./TaskPane.module.css";
import { useFieldWords } from "./useFieldWords";

/** What was changed here and elsewhere at once, or could not be done, and the way to decide about it. */
export function ConflictNotice({ taskId }: { taskId: string }) {
  const { ops, ...decide } = useAttention();
  const { t } = useTranslation("task");
  return ops.filter((op) => isAbout(op, taskId)).map((op) => (
    <div key={op.id} role="alert" className={styles.conflict}>
      <p className={styles.conflictTitle}>
        <WarningIcon />
        {op.state === "conflict" ? t("conflict.title") : t("conflict.refused", { reason: op.refusal?.message ?? "" })}
      </p>
      {op.state === "conflict" ? (
        <>
          {(op.conflicts ?? []).map((conflict) => (
            <Sides key={`${conflict.command} ${conflict.field}`} conflict={conflict} />
          ))}
          <span className={styles.conflictEnd}>
            <Button size="small" onClick={() => decide.takeTheirs(op)}>
              {t("conflict.takeTheirs")}
            </Button>
            <Button size="small" variant="primary" onClick={() => decide.keepMine(op)}>
              {t("conflict.keepMine")}
            </Button>
          </span>
        </>
      ) : (
        <span className={styles.conflictEnd}>
          <Button size="small" onClick={() => decide.discard(op)}>
            {t("conflict.discard")}
          </Button>
          <Button size="small" variant="primary" onClick={() => decide.retry(op)}>
            {t("conflict.retry")}
          </Button>
        </span>
      )}
    </div>
  ));
}

function isAbout({ act }: Op, taskId: string): boolean {
  return act.kind === "commands" ? act.commands.some(({ id, name }) => id === taskId && name.startsWith("task.")) : act.kind === "step" && act.id === taskId;
}

function Sides({ conflict: { field, yours, theirs } }: { conflict: Conflict }) {
  const { t } = useTranslation("task");
  const words = useFieldWords();
  const known = fields.find((one): one is Field => one === field);
  if (!known) return null;
  return (
    <dl className={styles.sides} aria-label={t(`field.${known}`)}>
      <div>
        <dt>{t("conflict.yours", { field: t(`field.${known}`) })}</dt>
        <dd>{words(known, yours)}</dd>
      </div>
      <div>
        <dt>{t("conflict.theirs", { field: t(`field.${known}`) })}</dt>
        <dd>{words(known, theirs)}</dd>
      </div>
    </dl>
  );
}
