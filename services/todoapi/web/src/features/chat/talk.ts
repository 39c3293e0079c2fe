import type { Conversation, Message } from "../../api/chat";
import { ApiError } from "../../api/http";

/** Something that a person says. Said again under its id it is answered alike, and nothing is done twice. */
export interface Saying {
  id: string;
  text: string;
  /** The message of which it is a choice; absent for what was typed. */
  to?: string;
  at: string;
}

/** Why something was not answered. */
export interface Fault {
  /** The server has heard and refused it, so that nothing was done; otherwise nobody knows. */
  refused: boolean;
  message: string;
}

/** A conversation as a window has it. */
export interface Talk {
  state: "reading" | "there" | "failed";
  title: string;
  messages: readonly Message[];
  /** What was said last, as long as it has no answer. */
  pending: Saying | null;
  /** What has come of the answer so far. */
  answer: string;
  fault: Fault | null;
}

export const silence: Talk = { state: "there", title: "", messages: [], pending: null, answer: "", fault: null };

/** Nobody knows what became of what was said: its answer was lost, or the page was closed before. */
export const lost: Fault = { refused: false, message: "" };

/** The person's own words of what is pending, as they stand in the conversation. */
export function messageOf({ id, text, at }: Saying): Message {
  return { id, role: "person", at, text };
}

/** A conversation as the server has it, with what was said here meanwhile. */
export function withRead(talk: Talk, { title, messages }: Conversation): Talk {
  const { pending } = talk;
  const at = messages.findIndex(({ id }) => id === pending?.id);
  const answered = at >= 0 && messages.slice(at).some(({ role }) => role === "assistant");
  if (answered || !pending) return { ...silence, title, messages };
  return { ...talk, state: "there", title, messages: messages.filter(({ id }) => id !== pending.id) };
}

/** A conversation in which the last message was answered. */
export function withAnswer(talk: Talk, saying: Saying, answer: Message): Talk {
  const before = talk.messages.filter(({ id }) => id !== saying.id && id !== answer.id);
  return { ...silence, title: talk.title || saying.text, messages: [...before, messageOf(saying), answer] };
}

/** What the server says for a reason that stays is no use to say again. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof ApiError)) return lost;
  const { status, message } = error;
  return { refused: status >= 400 && status < 500 && ![401, 408, 429].includes(status), message };
}

/** Whether what a message offers can be chosen: nothing was said after it. */
export function isOpen({ messages, pending }: Talk, { id }: Message): boolean {
  return pending === null && messages.at(-1)?.id === id;
}

/** What was chosen of what a message offers, by the words of the person that follow it. */
export function chosenOf({ messages, pending }: Talk, { id }: Message): string | undefined {
  const said = messages[messages.findIndex((message) => message.id === id) + 1] ?? (pending && messageOf(pending));
  return said?.role === "person" ? said.text : undefined;
}

/** What the person has said of late, the last first and each once. */
export function saidOf({ messages, pending }: Talk): string[] {
  const said = [...messages, ...(pending ? [messageOf(pending)] : [])].filter(({ role }) => role === "person").map(({ text }) => text);
  return [...new Set(said.reverse())];
}
