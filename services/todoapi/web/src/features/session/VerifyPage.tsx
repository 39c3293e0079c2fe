import { useState } from "react";
import { useTranslation } from "react-i18next";
import { guestOperations } from "../../api/guestOperations";
import { client } from "../../api/http";
import { FullPageNote } from "../../ui/FullPageNote";
import "./texts";

type State = "asking" | "busy" | "done" | { failed: string };

/**
 * Where the link in a mail leads. It verifies nothing before a person says so: mail servers
 * open links, too.
 */
export function VerifyPage({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation("session");
  const [state, setState] = useState<State>("asking");
  const verify = () => {
    setState("busy");
    client.plain(guestOperations.verifyEmail, { body: { token } }).then(
      () => setState("done"),
      (error: unknown) => setState({ failed: error instanceof Error ? error.message : String(error) }),
    );
  };
  const leave = { label: t("toTasks"), run: onDone };
  if (state === "done") return <FullPageNote title={t("verified")} text={t("verifiedText")} action={leave} />;
  if (typeof state === "object") return <FullPageNote title={t("notVerified")} text={state.failed} action={leave} />;
  const busy = state === "busy";
  return <FullPageNote title={t("verify")} text={t("verifyText")} action={{ label: busy ? t("moment") : t("verifyButton"), run: verify, busy }} />;
}
