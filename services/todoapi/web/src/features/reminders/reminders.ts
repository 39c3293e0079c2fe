import type { Reminder } from "../../api/types";
import type { Toast } from "../../ui/toastStore";

/** What a person is told about a step in a reminder's life; null for steps that concern only the machinery. */
export function toastOf(event: string, { title, channel }: Reminder): Omit<Toast, "id"> | null {
  switch (event) {
    case "reminder.fired":
      return { tone: "reminder", message: `Reminder: ${title}` };
    case "reminder.failed":
      return { tone: "error", message: `The reminder of “${title}” could not be sent${channel ? ` by ${channel}` : ""}.` };
    default:
      return null;
  }
}
