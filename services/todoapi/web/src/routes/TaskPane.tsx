import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useEntity } from "../store/hooks";
import { CloseIcon } from "../ui/icons";
import { IconButton } from "../ui/IconButton";
import { Pane } from "../ui/Pane";

/** The task that the address names, beside every screen. */
export function TaskPane() {
  const { t } = useTranslation("nav");
  const { task: id } = useSearch({ from: "__root__" });
  const task = useEntity("tasks", id);
  const navigate = useNavigate();
  const close = () => void navigate({ to: ".", search: (search) => ({ ...search, task: undefined }) });
  return (
    <Pane open={id !== undefined} onClose={close} title={t("task")}>
      <header>
        <IconButton label={t("closeTask")} onClick={close}>
          <CloseIcon />
        </IconButton>
      </header>
      <p>{task?.title ?? t("taskGone")}</p>
    </Pane>
  );
}
