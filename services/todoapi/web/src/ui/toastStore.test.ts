import { expect, test } from "vitest";
import { shownOf, type Toast, withToast } from "./toastStore";

/** Toasts by their tones, such as "pper": plain, error, reminder. They come one after the other. */
function come(tones: string): readonly Toast[] {
  const tone = { p: "plain", e: "error", r: "reminder" } as const;
  return Array.from(tones, (letter) => tone[letter as keyof typeof tone]).reduce<readonly Toast[]>(
    (toasts, tone, id) => withToast(toasts, { id, message: "", tone }),
    [],
  );
}

const ids = (toasts: readonly Toast[]) => toasts.map(({ id }) => id);

test.each([
  ["pppp", [0, 1, 2, 3], "four fit"],
  ["ppppp", [1, 2, 3, 4], "the oldest plain one makes room"],
  ["rpppp", [0, 2, 3, 4], "a reminder stays, and the oldest plain one makes room"],
  ["erepp", [0, 1, 2, 4], "errors and reminders stay"],
  ["rrrrp", [0, 1, 2, 3], "a plain one finds no room among reminders"],
  ["rrrre", [0, 1, 2, 3], "an error waits behind four reminders"],
])("of %s the shown are %j: %s", (tones, shown) => {
  expect(ids(shownOf(come(tones)))).toEqual(shown);
});

test("nothing that stays is ever thrown away", () => {
  expect(ids(come("rerererpppp"))).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
