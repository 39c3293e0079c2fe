import type { Settings } from "../../api/types";

/** What a person has chosen about notifications. */
export type Choices = Required<Pick<Settings, "remindersBy" | "digestBy" | "digestAt" | "overdueBy" | "overdueAt" | "quietHours">>;

export type Channel = Choices["remindersBy"][number];

/** Quiet hours for somebody who had none. */
export const someQuietHours = { from: "22:00", to: "07:00", urgent: false };

/** What people begin with. */
const first: Choices = { remindersBy: ["email", "push"], digestBy: [], digestAt: "08:00", overdueBy: [], overdueAt: "18:00", quietHours: null };

/** What is chosen: settings that this browser has kept from before say nothing of it. */
export function choicesOf(settings: Settings): Choices {
  return { ...first, ...settings };
}

/** The channels with one more or less, in the order in which the server keeps them. */
export function switched(channels: readonly Channel[], channel: Channel, on: boolean): Channel[] {
  const others = channels.filter((one) => one !== channel);
  return on ? [...others, channel].sort() : others;
}
