import { describe, expect, test } from "vitest";
import { settingsOf } from "../../testing/factories";
import { choicesOf, switched } from "./choices";

describe("what a person has chosen about notifications", () => {
  test("is what people begin with, where the settings say nothing of it", () => {
    const { remindersBy, quietHours, ...old } = settingsOf({});
    expect([remindersBy, quietHours]).toEqual([["email", "push"], null]);
    expect(choicesOf(old as Parameters<typeof choicesOf>[0])).toMatchObject({ remindersBy: ["email", "push"], digestBy: [], digestAt: "08:00", quietHours: null });
    expect(choicesOf(settingsOf({ remindersBy: [], digestAt: "06:30" }))).toMatchObject({ remindersBy: [], digestAt: "06:30" });
  });

  test("has one channel more or less", () => {
    expect(switched([], "push", true)).toEqual(["push"]);
    expect(switched(["push"], "email", true)).toEqual(["email", "push"]);
    expect(switched(["push"], "push", true)).toEqual(["push"]);
    expect(switched(["email", "push"], "email", false)).toEqual(["push"]);
  });
});
