import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CalendarIcon, CheckIcon, CloseIcon, TagIcon, TrashIcon } from "../../../ui/icons";
import { FlagIcon, MoveIcon } from "../../../ui/moreIcons";
import { IconButton } from "../../../ui/IconButton";
import { useListContext, useListState } from "./context";
import type { Asked } from "./model";
import styles from "./TaskList.module.css";

const pickers = [
  { picker: "date", icon: <CalendarIcon /> },
  { picker: "priority", icon: <FlagIcon /> },
  { picker: "tags", icon: <TagIcon /> },
  { picker: "project", icon: <MoveIcon /> },
] as const satisfies readonly { picker: Asked["picker"]; icon: React.ReactNode }[];

/** What can be done to all tasks that are chosen. */
export function SelectionBar() {
  const { model, does } = useListContext();
  const { t } = useTranslation("task");
  const count = useListState(({ choice }) => choice.chosen.size);
  return (
    <div className={styles.bar} role="toolbar" aria-label={t("selection.label")}>
      <span className={styles.chosenCount} role="status">
        {t("selection.count", { count })}
      </span>
      {count < model.order.length && (
        <Button variant="quiet" size="small" onClick={() => does.chooseAll()}>
          {t("selection.all", { count: model.order.length })}
        </Button>
      )}
      <Button variant="quiet" size="small" icon={<CheckIcon />} onClick={() => does.complete()}>
        <span>{t("complete")}</span>
      </Button>
      {pickers.map(({ picker, icon }) => (
        <Button key={picker} variant="quiet" size="small" icon={icon} aria-haspopup="dialog" onClick={(event) => does.ask(picker, does.meant(), event.currentTarget)}>
          <span>{t(`selection.${picker}`)}</span>
        </Button>
      ))}
      <Button variant="quiet" size="small" icon={<TrashIcon />} onClick={() => does.remove()}>
        <span>{t("delete")}</span>
      </Button>
      <IconButton size="small" label={t("selection.clear")} keys="Escape" onClick={() => does.release()}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
