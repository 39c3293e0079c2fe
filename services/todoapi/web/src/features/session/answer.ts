import type * as Api from "../../api/generated/types.gen.ts";

/** What the link in a reminder carries: what is to be done, and the token that allows it. */
export function readLink(link: string): Api.ReadReminderLinkData["body"] {
  const dot = link.indexOf(".");
  // What is no answer is refused by the server, as a link that was altered.
  return { answer: link.slice(0, dot) as Api.ReadReminderLinkData["body"]["answer"], token: link.slice(dot + 1) };
}
