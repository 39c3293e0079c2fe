import { type SubmitEvent, useState } from "react";
import { client } from "../api/http";
import { Field } from "../ui/legacy/Field";
import { Logo } from "../ui/icons";
import { FullPageNote } from "./FullPageNote";

/** Where the link leads that is sent to people who forgot their password. */
export function ResetPage({ token, onDone }: { token: string; onDone: () => void }) {
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setState("busy");
    setFault(null);
    client.resetPassword(token, password).then(
      () => setState("done"),
      (error: unknown) => {
        setFault(error instanceof Error ? error.message : String(error));
        setState("asking");
      },
    );
  };
  if (state === "done") {
    return (
      <FullPageNote
        title="Your password is changed"
        text="Everybody who was signed in has been signed out. Sign in with the new password."
        action={{ label: "Sign in", run: onDone }}
      />
    );
  }
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="brand">
          <Logo />
          <span>TodoPlatform</span>
        </div>
        <h1>Choose a new password</h1>
        <form onSubmit={submit}>
          <Field label="New password" hint="At least 8 characters.">
            <input
              type="password"
              className="input"
              autoComplete="new-password"
              required
              autoFocus
              minLength={8}
              maxLength={128}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </Field>
          {fault !== null && (
            <p className="fault" role="alert">
              {fault}
            </p>
          )}
          <button type="submit" className="button primary wide" disabled={state === "busy"}>
            Change the password
          </button>
        </form>
        <p className="sign-in-swap">
          <button type="button" className="link" onClick={onDone}>
            Keep the old one
          </button>
        </p>
      </div>
    </main>
  );
}
