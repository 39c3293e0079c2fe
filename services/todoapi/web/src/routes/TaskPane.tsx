import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { TaskPane as Task } from "../features/task";
import { Pane } from "../ui/Pane";
import { useOpenTask } from "./useOpenTask";

/** The task that the address names, beside every screen. */
export function TaskPane() {
  const { t } = useTranslation("nav");
  const { task: id } = useSearch({ from: "__root__" });
  const open = useOpenTask();
  const close = () => open(undefined);
  return (
    <Pane open={id !== undefined} onClose={close} title={t("task")}>
      {id !== undefined && <Task id={id} onClose={close} onOpen={open} />}
    </Pane>
  );
}
