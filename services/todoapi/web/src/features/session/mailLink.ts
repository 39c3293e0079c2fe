/** A link that somebody was sent: what it is for, and the secret by which it is known. */
export interface MailLink {
  purpose: "verify-email" | "reset-password" | "invitation" | "reminder" | "unsubscribe";
  token: string;
}

/** The link by which the page was opened; null when it was opened otherwise. */
export function mailLink(hash: string): MailLink | null {
  const found = /^#(verify-email|reset-password|invitation|reminder|unsubscribe)=(.+)$/.exec(hash);
  return found ? { purpose: found[1] as MailLink["purpose"], token: found[2] ?? "" } : null;
}
