import { useTranslation } from "react-i18next";
import { useEntities } from "../../store/hooks";
import { type Entities, type Op, tableOf } from "../../store/model";
import { useAttention } from "../../sync/hooks";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import styles from "./nav.module.css";

interface AttentionDialogProps {
  open: boolean;
  onClose: () => void;
  ops: readonly Op[];
}

/** What could not be done, for the person to decide. */
export function AttentionDialog({ open, onClose, ops }: AttentionDialogProps) {
  const { t } = useTranslation("nav");
  return (
    <Dialog open={open} onClose={onClose} title={t("attention.title")}>
      <ul className={styles.attention}>
        {ops.map((op) => (
          <Entry key={op.id} op={op} />
        ))}
      </ul>
    </Dialog>
  );
}

function Entry({ op }: { op: Op }) {
  const { t } = useTranslation("nav");
  const entities = useEntities();
  const { discard, retry, keepMine, takeTheirs } = useAttention();
  const why = op.state === "conflict" ? t("attention.conflict") : (op.refusal?.message ?? "");
  return (
    <li>
      <p>
        <strong>{nameOf(op, entities)}</strong>
        <br />
        {why}
      </p>
      {op.state === "conflict" ? (
        <>
          <Button size="small" onClick={() => takeTheirs(op)}>
            {t("attention.theirs")}
          </Button>
          <Button size="small" onClick={() => keepMine(op)}>
            {t("attention.mine")}
          </Button>
        </>
      ) : (
        <>
          <Button size="small" onClick={() => retry(op)}>
            {t("attention.retry")}
          </Button>
          <Button size="small" onClick={() => discard(op)}>
            {t("attention.discard")}
          </Button>
        </>
      )}
    </li>
  );
}

/** What an act is about, as people call it. */
function nameOf({ act }: Op, entities: Entities): string {
  if (act.kind === "lines") return act.lines.text;
  if (act.kind === "step") return entities.tasks.get(act.id)?.title ?? "";
  if (act.kind === "undo") return "";
  return act.commands
    .slice(0, 3)
    .map(({ name, id, fields }) => {
      const kind = tableOf[name.split(".")[0] ?? ""];
      return called(fields) ?? called(kind && entities[kind].get(id)) ?? "";
    })
    .filter(Boolean)
    .join(", ");
}

function called(object: object | undefined): string | undefined {
  const named = object as { title?: unknown; name?: unknown } | undefined;
  const name = named?.title ?? named?.name;
  return typeof name === "string" ? name : undefined;
}
