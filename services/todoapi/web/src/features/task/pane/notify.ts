import type { Task } from "../../../api/types";

/** How the reminders of a task come besides in the page, as one of a few. */
export const ways = ["settings", "page", "email", "push", "both"] as const;
export type Way = (typeof ways)[number];

const channelsOf: Record<Way, Task["notify"]> = { settings: null, page: [], email: ["email"], push: ["push"], both: ["email", "push"] };

/** A task that this browser has kept from before says nothing of it. */
export function wayOf(notify: Task["notify"] | undefined): Way {
  if (!notify) return "settings";
  return ways.find((way) => channelsOf[way]?.length === notify.length && notify.every((channel) => channelsOf[way]?.includes(channel))) ?? "settings";
}

export const notifyBy = (way: Way): Task["notify"] => channelsOf[way];
