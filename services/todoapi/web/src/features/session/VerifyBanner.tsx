import { useState } from "react";
import { client } from "../../api/http";
import { operations } from "../../api/operations";
import type { User } from "../../api/types";
import { showToast } from "../../ui/toastStore";
import "./VerifyBanner.css";

/** Asks a person to verify the address, while that is needed. */
export function VerifyBanner({ user }: { user: User }) {
  const [busy, setBusy] = useState(false);
  if (!user.emailVerificationRequired) return null;
  const sendAgain = () => {
    setBusy(true);
    client
      .call(operations.requestVerification, {})
      .then(
        () => showToast({ tone: "plain", message: `A mail is on its way to ${user.email}.` }),
        (error: unknown) => showToast({ tone: "error", message: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => setBusy(false));
  };
  return (
    <p className="verify-banner" role="status">
      <span>
        Open the link in the mail to <strong>{user.email}</strong>, so that reminders may be sent there.
      </span>{" "}
      <button type="button" className="link" disabled={busy} onClick={sendAgain}>
        Send again
      </button>
    </p>
  );
}
