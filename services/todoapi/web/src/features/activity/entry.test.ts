import { expect, test } from "vitest";
import { changeOf, settingsOf, taskOf } from "../../testing/factories";
import { describeRecord } from "./entry";

const plants = taskOf({ id: "a", title: "Water plants" });
const reminder = { userId: "user", seq: 1, eventId: "event-1", type: "reminder.sent", reminderId: "r", taskId: "a", title: "Water plants", at: "2026-03-11T09:00:00Z" };

test.each([
  ["task.created", changeOf(1, "task.created", plants), "Added Water plants"],
  ["task.created", { ...changeOf(1, "task.created", plants), by: { kind: "system" as const, id: "recurring-task" } }, "Added Water plants by its repetition"],
  ["task.created", { ...changeOf(1, "task.created", plants), by: { kind: "token" as const, id: "t", client: "backup script" } }, "Added Water plants by backup script"],
  ["token.created", changeOf(1, "token.created", null), "Made an API token"],
  ["task.deleted", changeOf(1, "task.deleted", null, plants), "Deleted Water plants"],
  ["task.restored", changeOf(1, "task.restored", plants), "Restored Water plants"],
  ["project.deleted", changeOf(1, "project.deleted", null, { name: "Home" }), "Deleted the project Home"],
  ["comment.created", changeOf(1, "comment.created", { text: "when it rains" }), "Commented when it rains"],
  ["account.created", changeOf(1, "account.created", null), "Created the account"],
  ["account.verified", changeOf(1, "account.verified", null), "Verified the e-mail address"],
  ["settings.updated", changeOf(1, "settings.updated", settingsOf({ zone: "UTC" })), "Changed the settings"],
  ["user.created", { actor: "user" }, "Created the account"],
  ["task.created", { after: plants, actor: "recurring-task" }, "Added Water plants by its repetition"],
  ["reminder.sent", { ...reminder, channel: "email" }, "Reminder sent for Water plants by email"],
  ["task.moved", changeOf(1, "task.moved", plants), "task.moved Water plants"],
])("%s", (type, data, words) => {
  const { verb, title, by } = describeRecord({ type, at: "2026-03-11T09:00:00Z", data });
  expect([verb, title, by].filter(Boolean).join(" ")).toBe(words);
});
