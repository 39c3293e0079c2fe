import { AnswerPage } from "./AnswerPage";
import type { MailLink } from "./mailLink";
import { ResetPage } from "./ResetPage";
import { UnsubscribePage } from "./UnsubscribePage";
import { VerifyPage } from "./VerifyPage";

const pages = { "verify-email": VerifyPage, "reset-password": ResetPage, reminder: AnswerPage, unsubscribe: UnsubscribePage };

/** Where a link leads that somebody was sent, apart from an invitation. */
export function LinkPage({ purpose, token, onDone }: { purpose: keyof typeof pages & MailLink["purpose"]; token: string; onDone: () => void }) {
  const Page = pages[purpose];
  return <Page token={token} onDone={onDone} />;
}
