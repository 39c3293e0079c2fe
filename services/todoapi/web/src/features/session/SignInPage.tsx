import { type SubmitEvent, useState } from "react";
import { ApiError, client } from "../../api/http";
import { Field } from "../../ui/legacy/Field";
import { Logo } from "../../ui/icons";
import "./SignInPage.css";

type Mode = "sign-in" | "sign-up";

const words = {
  "sign-in": { title: "Welcome back", submit: "Sign in", other: "New here?", swap: "Create an account" },
  "sign-up": { title: "Create your account", submit: "Create account", other: "Already have an account?", swap: "Sign in" },
} as const;

/** With an invitation the form to sign up comes first. onDone is called after it has been used. */
export function SignInPage({ invitation, onDone }: { invitation?: string | undefined; onDone: () => void }) {
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
      setFault(explain(error, mode));
      setBusy(false);
    }
  };

  const forgot = () => {
    setFault(null);
    setAsked(false);
    if (email === "") {
      setFault("Enter your e-mail first.");
      return;
    }
    client.requestPasswordReset(email).then(
      () => setAsked(true),
      (error: unknown) => setFault(explain(error, mode)),
    );
  };

  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="brand">
          <Logo />
          <span>TodoPlatform</span>
        </div>
        <h1>{text.title}</h1>
        <p className="sign-in-lead">Your tasks, in step on every screen.</p>
        <form onSubmit={(event) => void submit(event)}>
          <Field label="E-mail">
            <input
              type="email"
              className="input"
              autoComplete="email"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          </Field>
          <Field label="Password" {...(mode === "sign-up" && { hint: "At least 8 characters." })}>
            <input
              type="password"
              className="input"
              autoComplete={mode === "sign-up" ? "new-password" : "current-password"}
              required
              minLength={mode === "sign-up" ? 8 : 1}
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
          {asked && (
            <p className="sign-in-lead" role="status">
              If there is an account with this e-mail, a mail with a link is on its way. The link is good for an hour.
            </p>
          )}
          <button type="submit" className="button primary wide" disabled={busy}>
            {text.submit}
          </button>
        </form>
        {mode === "sign-in" && (
          <p className="sign-in-swap">
            <button type="button" className="link" onClick={forgot}>
              Forgot your password?
            </button>
          </p>
        )}
        <p className="sign-in-swap">
          {text.other}{" "}
          <button
            type="button"
            className="link"
            onClick={() => {
              setMode(mode === "sign-in" ? "sign-up" : "sign-in");
              setFault(null);
            }}
          >
            {text.swap}
          </button>
        </p>
      </div>
    </main>
  );
}

function explain(error: unknown, mode: Mode): string {
  if (error instanceof ApiError) {
    if (error.status === 401) return "E-mail or password is wrong.";
    if (error.status === 409 && mode === "sign-up") return "There is an account with this e-mail. Sign in instead.";
  }
  return error instanceof Error ? error.message : "Something went wrong.";
}
