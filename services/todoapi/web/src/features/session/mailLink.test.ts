import { expect, test } from "vitest";
import { mailLink } from "./mailLink";

test.each([
  ["#verify-email=ey.J0.x-_", { purpose: "verify-email", token: "ey.J0.x-_" }],
  ["#reset-password=ey.J0", { purpose: "reset-password", token: "ey.J0" }],
  ["#invitation=ABC", { purpose: "invitation", token: "ABC" }],
  ["#reminder=hour.ey.J0.x-_", { purpose: "reminder", token: "hour.ey.J0.x-_" }],
  ["#unsubscribe=ey.J0", { purpose: "unsubscribe", token: "ey.J0" }],
  ["#verify-email=", null],
  ["#other=1", null],
  ["", null],
])("%j holds %j", (hash, link) => {
  expect(mailLink(hash)).toEqual(link);
});
