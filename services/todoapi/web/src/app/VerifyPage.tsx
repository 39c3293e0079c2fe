import { useState } from "react";
import { client } from "../api/http";
import { FullPageNote } from "./FullPageNote";

type State = "asking" | "busy" | "done" | { failed: string };

/**
 * Where the link in a mail leads. It verifies nothing before a person says so: mail servers
 * open links, too.
 */
export function VerifyPage({ token, onDone }: { token: string; onDone: () => void }) {
  const [state, setState] = useState<State>("asking");
  const verify = () => {
    setState("busy");
    client.verifyEmail(token).then(
      () => setState("done"),
      (error: unknown) => setState({ failed: error instanceof Error ? error.message : String(error) }),
    );
  };
  const leave = { label: "Go to your tasks", run: onDone };
  if (state === "done") {
    return <FullPageNote title="Your address is verified" text="Reminders reach you by mail from now on." action={leave} />;
  }
  if (typeof state === "object") {
    return <FullPageNote title="Your address is not verified" text={state.failed} action={leave} />;
  }
  return (
    <FullPageNote
      title="Verify your e-mail address"
      text="Was it you who entered your address in TodoPlatform? Then reminders may be sent there."
      action={{ label: state === "busy" ? "One moment…" : "Verify this address", run: state === "busy" ? () => undefined : verify }}
    />
  );
}
