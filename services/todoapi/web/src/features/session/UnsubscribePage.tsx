import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import { guestOperations } from "../../api/guestOperations";
import { FullPageNote } from "../../ui/FullPageNote";
import { whyNot } from "./whyNot";
import "./texts";

type State = "asking" | "busy" | "done" | { failed: unknown };

/** Where people end reminders by mail. It ends none before they say so: mail servers open links, too. */
export function UnsubscribePage({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation("session");
  const [state, setState] = useState<State>("asking");
  const leave = { label: t("toTasks"), run: onDone };
  if (state === "done") return <FullPageNote title={t("unsubscribe.done")} text={t("unsubscribe.doneText")} action={leave} />;
  if (typeof state === "object") return <FullPageNote title={t("answer.failed")} text={whyNot(state.failed, t)} action={leave} />;
  const run = () => {
    setState("busy");
    client.plain(guestOperations.unsubscribe, { query: { token } }).then(
      () => setState("done"),
      (failed: unknown) => setState({ failed }),
    );
  };
  const busy = state === "busy";
  return <FullPageNote title={t("unsubscribe.ask")} text={t("unsubscribe.askText")} action={{ label: busy ? t("moment") : t("unsubscribe.button"), run, busy }} />;
}
