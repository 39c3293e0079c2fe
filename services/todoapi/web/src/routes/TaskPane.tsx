import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { lazily } from "../ui/lazily";
import { Pane } from "../ui/Pane";
import { useOpenTask } from "./useOpenTask";

const Content = lazily(() => import("../features/task/pane/TaskPane").then((module) => module.TaskPane));

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
