import { expect, test } from "vitest";
import { Person } from "./harness";
import { browser, open } from "./stage";

test("a new account is shown around with three tasks when it wants, in every window and never again", async () => {
  const person = await Person.signUp(browser);
  const [window, other] = [await open(person, { path: "/today" }), await open(person, { path: "/today" })];
  const offer = (at = window) => at.page.getByRole("button", { name: "Show me around" });
  await offer(other).waitFor();
  await offer().waitFor();
  expect(await window.axe()).toEqual([]);
  await window.screenshot("welcome");
  await offer().click();
  for (const one of [window, other]) {
    await one.row("Add a task: press q").waitFor();
    await offer(one).waitFor({ state: "detached" });
    await expect.poll(() => one.row("press").count()).toBe(3);
  }

  // Once they are gone, they do not come again.
  await window.page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => person.titles()).toEqual([]);
  await window.missesOpen("press");
  await window.page.goto(window.page.url());
  await window.live();
  await window.page.getByText("Nothing is due today").waitFor();
  expect(await offer().count()).toBe(0);
});

test("a new account is offered to bring its tasks along", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/today" });
  await page.getByRole("button", { name: "Import tasks" }).click();
  await page.getByRole("heading", { level: 1, name: "Import" }).waitFor();
});
