import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { guestOperations } from "../../api/guestOperations";
import { client } from "../../api/http";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { FullPageNote } from "../../ui/FullPageNote";
import { Input } from "../../ui/Input";
import { SessionCard } from "./SessionCard";
import styles from "./session.module.css";
import "./texts";

/** Where the link leads that is sent to people who forgot their password. */
export function ResetPage({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation("session");
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setState("busy");
    setFault(null);
    client.plain(guestOperations.confirmPasswordReset, { body: { token, password } }).then(
      () => setState("done"),
      (error: unknown) => {
        setFault(error instanceof Error ? error.message : String(error));
        setState("asking");
      },
    );
  };
  if (state === "done") return <FullPageNote title={t("changed")} text={t("changedText")} action={{ label: t("signIn"), run: onDone }} />;
  return (
    <SessionCard title={t("newPasswordTitle")}>
      <form className={styles.form} onSubmit={submit}>
        <Field label={t("newPassword")} hint={t("passwordHint")}>
          {(control) => (
            <Input
              {...control}
              size="large"
              type="password"
              autoComplete="new-password"
              required
              autoFocus
              minLength={8}
              maxLength={128}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {fault !== null && (
          <p className={styles.fault} role="alert">
            {fault}
          </p>
        )}
        <Button type="submit" variant="primary" size="large" wide busy={state === "busy"}>
          {t("changePassword")}
        </Button>
      </form>
      <p className={styles.swap}>
        <Button variant="link" onClick={onDone}>
          {t("keepPassword")}
        </Button>
      </p>
    </SessionCard>
  );
}
