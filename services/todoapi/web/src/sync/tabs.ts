import type { Reminder } from "../api/types";
import type { Event } from "../store/reduce";
import type { Liveness, Present } from "./sync";

/** What the windows of one person tell each other. */
export type Message =
  /** Something has happened to the state. What is kept by the browser has it already. */
  | { type: "event"; event: Event }
  /** Everything is new: what the browser keeps says how. */
  | { type: "reload" }
  /** A window has opened, and may have found acts that nobody else knows. */
  | { type: "hello" }
  | { type: "liveness"; liveness: Liveness }
  | { type: "presence"; present: Present }
  | { type: "reminder"; event: string; reminder: Reminder }
  /** The account itself was changed. */
  | { type: "account" }
  /** The person signs out: nothing is to be kept any more. */
  | { type: "wiped" };

/** The other windows of one person. */
export interface Tabs {
  post: (message: Message) => void;
  /** Whether only one of them leads. */
  alone: boolean;
  /** Runs work once this window leads, which it does until signal. */
  lead: (work: () => void, signal: AbortSignal) => void;
}

/** Opens the way to the other windows until signal. */
export type OpenTabs = (user: string, onMessage: (message: Message) => void, signal: AbortSignal) => Tabs;

export const openTabs: OpenTabs = (user, onMessage, signal) => {
  const channel = new BroadcastChannel(`todoplatform-${user}`);
  channel.onmessage = ({ data }: MessageEvent<Message>) => onMessage(data);
  signal.addEventListener("abort", () => channel.close());
  // Browsers offer locks to secure origins only: on others each window leads itself.
  const locks = navigator.locks as LockManager | undefined;
  return {
    post: (message) => {
      if (!signal.aborted) channel.postMessage(message);
    },
    alone: locks !== undefined,
    lead: (work, until) => {
      if (!locks) {
        work();
        return;
      }
      const leading = () => {
        work();
        return new Promise<void>((release) => until.addEventListener("abort", () => release()));
      };
      // It is refused when the window stops before its turn.
      locks.request(`todoplatform-leader-${user}`, { signal: until }, leading).catch(() => undefined);
    },
  };
};
