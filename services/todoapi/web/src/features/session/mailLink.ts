/** A link in a mail: what it is for, and the secret by which it is known. */
export interface MailLink {
  purpose: "verify-email" | "reset-password";
  token: string;
}

/** The link in a mail by which the page was opened; null when it was opened otherwise. */
export function mailLink(hash: string): MailLink | null {
  const found = /^#(verify-email|reset-password)=(.+)$/.exec(hash);
  return found ? { purpose: found[1] as MailLink["purpose"], token: found[2] ?? "" } : null;
}
