const name = "#verify-email=";

/** The token of the link in a mail that verifies an address; null when the page was opened otherwise. */
export function verifyToken(hash: string): string | null {
  return hash.startsWith(name) && hash.length > name.length ? hash.slice(name.length) : null;
}
