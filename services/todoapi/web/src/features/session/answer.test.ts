import { expect, test } from "vitest";
import { readLink } from "./answer";

test("a link says what is to be done, and by what right", () => {
  expect(readLink("tenMinutes.ey.J0.x-_")).toEqual({ answer: "tenMinutes", token: "ey.J0.x-_" });
});
