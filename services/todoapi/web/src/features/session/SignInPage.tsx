import type { TFunction } from "i18next";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { guestOperations } from "../../api/guestOperations";
import { ApiError, client } from "../../api/http";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Input } from "../../ui/Input";
import { SessionCard } from "./SessionCard";
import styles from "./session.module.css";
import "./texts";

type Mode = "sign-in" | "sign-up";

const words = {
  "sign-in": { title: "welcome", submit: "signIn", other: "newHere", swap: "toSignUp" },
  "sign-up": { title: "create", submit: "signUp", other: "haveAccount", swap: "signIn" },
} as const;

/** With an invitation the form to sign up comes first. onDone is called after it has been used. */
export function SignInPage({ invitation, onDone }: { invitation?: string | undefined; onDone: () => void }) {
  const { t } = useTranslation("session");
  const [mode, setMode] = useState<Mode>(invitation === undefined ? "sign-in" : "sign-up");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false); // for a new password by mail
  const text = words[mode];

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      if (mode === "sign-up") {
        await client.signUp(email, password, Intl.DateTimeFormat().resolvedOptions().timeZone, invitation);
      } else {
        await client.signIn(email, password);
      }
      onDone();
    } catch (error) {
      setFault(explain(error, mode, t));
      setBusy(false);
    }
  };

  const forgot = () => {
    setFault(null);
    setAsked(false);
    if (email === "") {
      setFault(t("emailFirst"));
      return;
    }
    client.plain(guestOperations.requestPasswordReset, { body: { email } }).then(
      () => setAsked(true),
      (error: unknown) => setFault(explain(error, mode, t)),
    );
  };

  return (
    <SessionCard title={t(text.title)} lead={t("lead")}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <Field label={t("email")}>
          {(control) => (
            <Input {...control} size="large" type="email" autoComplete="email" required autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />
          )}
        </Field>
        <Field label={t("password")} hint={mode === "sign-up" ? t("passwordHint") : undefined}>
          {(control) => (
            <Input
              {...control}
              size="large"
              type="password"
              autoComplete={mode === "sign-up" ? "new-password" : "current-password"}
              required
              minLength={mode === "sign-up" ? 8 : 1}
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
        {asked && (
          <p className={styles.note} role="status">
            {t("mailSent")}
          </p>
        )}
        <Button type="submit" variant="primary" size="large" wide busy={busy}>
          {t(text.submit)}
        </Button>
      </form>
      {mode === "sign-in" && (
        <p className={styles.swap}>
          <Button variant="link" onClick={forgot}>
            {t("forgot")}
          </Button>
        </p>
      )}
      <p className={styles.swap}>
        {t(text.other)}{" "}
        <Button
          variant="link"
          onClick={() => {
            setMode(mode === "sign-in" ? "sign-up" : "sign-in");
            setFault(null);
          }}
        >
          {t(text.swap)}
        </Button>
      </p>
    </SessionCard>
  );
}

function explain(error: unknown, mode: Mode, t: TFunction<"session">): string {
  if (error instanceof ApiError) {
    if (error.status === 401) return t("wrong");
    if (error.status === 409 && mode === "sign-up") return t("taken");
  }
  return error instanceof Error ? error.message : t("failed");
}
