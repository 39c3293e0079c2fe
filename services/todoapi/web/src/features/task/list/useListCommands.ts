import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Command } from "../../../commands/command";
import { useCommands } from "../../../commands/registry";
import type { ListActions } from "./actions";
import { priorities } from "./keys";
import type { ListModel } from "./model";

/** Offers what can be done to the task at the cursor, or to those that are chosen, by keys that can be changed. */
export function useListCommands(does: ListActions, model: ListModel): void {
  const { t } = useTranslation("task");
  const commands = useMemo<Command[]>(
    () => [
      { id: "task.next", label: t("command.next"), key: "j", run: () => does.step(1) },
      { id: "task.previous", label: t("command.previous"), key: "k", run: () => does.step(-1) },
      { id: "task.select", label: t("command.select"), key: "x", run: () => does.toggle() },
      { id: "task.complete", label: t("complete"), key: "e", run: () => does.complete() },
      { id: "task.date", label: t("selection.date"), key: "t", run: () => does.ask("date") },
      { id: "task.tags", label: t("selection.tags"), key: "l", run: () => does.ask("tags") },
      { id: "task.move", label: t("selection.project"), key: "v", run: () => does.ask("project") },
      { id: "task.menu", label: t("command.menu"), key: ".", run: () => does.ask("menu") },
      ...priorities.map((priority): Command => ({ id: `task.priority${priority}`, label: t(`priority.${priority}`), key: String(priority), run: () => does.prioritise(priority) })),
      { id: "task.selectAll", label: t("command.selectAll"), key: "*", run: () => does.chooseAll() },
      { id: "task.release", label: t("selection.clear"), key: "Escape", run: () => does.release() },
    ],
    [does, t],
  );
  useCommands(commands);
  void model;
}
