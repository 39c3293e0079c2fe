import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { TaskPane as Content } from "../features/task";
import { Pane } from "../ui/Pane";
import { useOpenTask } from "./useOpenTask";

/** The task that the address names, beside every screen. */
export function TaskPane() {
  const { t } = useTranslation("nav");
  const { task } = useSearch({ from: "__root__" });
  const open = useOpenTask();
  const close = () => open(undefined);
  return (
    <Pane open={task !== undefined} onClose={close} title={t("task")}>
      {task !== undefined && <Content key={task} id={task} onClose={close} onOpen={open} />}
    </Pane>
  );
}
