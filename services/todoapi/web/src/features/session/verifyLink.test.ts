import { expect, test } from "vitest";
import { verifyToken } from "./verifyLink";

test.each([
  ["#verify-email=ey.J0.x-_", "ey.J0.x-_"],
  ["#verify-email=", null],
  ["#other=1", null],
  ["", null],
])("%j holds the token %j", (hash, token) => {
  expect(verifyToken(hash)).toBe(token);
});
