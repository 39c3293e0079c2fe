import i18next from "i18next";
import type { Reminder } from "../../api/types";
import type { Toast } from "../../ui/toastStore";

/** What a person is told about a step in a reminder's life; null for steps that concern only the machinery. */
export function toastOf(event: string, { title }: Reminder): Omit<Toast, "id"> | null {
  switch (event) {
    case "reminder.fired":
      return { tone: "reminder", message: i18next.t("nav:notice.reminder", { title }) };
    case "reminder.failed":
      return { tone: "error", message: i18next.t("nav:notice.reminderFailed", { title }) };
    default:
      return null;
  }
}
