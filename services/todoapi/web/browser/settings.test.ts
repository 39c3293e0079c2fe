import { expect, test } from "vitest";
import { baseURL, Person } from "./harness";
import { browser, open } from "./stage";

test("a change of the language is seen at once, and can be undone", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/settings/general" });
  await page.getByRole("combobox", { name: "Language" }).click();
  await page.getByRole("option", { name: "Français" }).click();
  await page.getByRole("heading", { level: 1, name: "Général" }).waitFor();
  await page.getByText("Settings changed").waitFor();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "General" }).waitFor();
  await page.getByRole("radio", { name: "12 hours" }).click();
  await expect.poll(async () => (await person.ask<{ locale: string }>("GET", "/settings")).locale).toMatch(/-u-hc-h12$/);
});

test("what comes how, and when it waits, is chosen", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/settings/notifications" });
  await page.getByRole("group", { name: "The list of the day" }).getByRole("checkbox", { name: "Mail" }).click();
  await page.getByRole("combobox", { name: "The list comes at" }).waitFor();
  await page.getByRole("switch", { name: /^Keep quiet/ }).click();
  await page.getByRole("switch", { name: /^Let urgent tasks through/ }).click();
  await expect.poll(() => person.ask("GET", "/settings")).toMatchObject({ digestBy: ["email"], quietHours: { from: "22:00", to: "07:00", urgent: true } });
});

test("the secret of a token is shown once and lets a program in, until the token is revoked", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/settings/tokens" });
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.getByText("Give it a name.").waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill("Backup script");
  await page.getByRole("button", { name: "Make the token" }).click();
  const secret = await page.getByRole("textbox", { name: "Your new token" }).inputValue();
  const tasks = async () => (await page.request.get(`${baseURL}/api/v1/tasks`, { headers: { Authorization: `Bearer ${secret}` } })).status();
  expect(await tasks()).toBe(200);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Revoke “Backup script”?" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByText("No program acts for you.").waitFor();
  await expect.poll(tasks).toBe(401);
});

test("which other devices are on is seen as they come and go", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/settings/sessions" });
  const on = page.getByText("On now");
  // Signing up has made a session, too, of which nothing is open.
  await page.getByRole("button", { name: /^Sign out: / }).first().waitFor();
  expect(await on.count()).toBe(0);
  const other = await open(person);
  await on.waitFor();
  expect(await page.getByRole("button", { name: /^Sign out: .*Chrome/ }).count()).toBe(1);
  await other.page.context().close();
  await on.waitFor({ state: "detached" });
});

test("a table with columns of other names is looked at, brought in and taken back", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/settings/import" });
  const table = "Task name;Group;When\nCall the printer;Work;2031-03-14\nBroken;Work;someday maybe\n";
  await page.locator('input[type="file"]').setInputFiles({ name: "tasks.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
  await page.getByRole("button", { name: "See what would happen" }).click();
  await page.getByText("is no date that is understood").waitFor();
  expect(await person.titles()).toEqual([]);
  await page.getByRole("button", { name: "Bring in 2 things" }).click();
  await page.getByText("2 things were brought in.").waitFor();
  expect(await person.titles()).toEqual(["Call the printer"]);
  await page.getByRole("button", { name: "Undo the import" }).click();
  await page.getByText("The import was undone.").waitFor();
  expect(await person.titles()).toEqual([]);
});

test("keys that are given to another command are those of that command alone", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/settings/keys" });
  await page.getByRole("button", { name: "Change the keys: Go to the trash." }).click();
  await page.getByRole("application", { name: /Press one key/ }).press("q");
  await page.getByText("These keys are those of “Add a task”").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("q");
  await page.getByRole("heading", { level: 1, name: "Trash" }).waitFor();
});

test("an account goes when its address and its password are given", async () => {
  const person = await Person.signUp(browser);
  const { page } = await open(person, { path: "/settings/account" });
  await page.getByRole("button", { name: "Delete account…" }).click();
  await page.getByRole("textbox", { name: /^Type / }).fill(person.credentials.email);
  const password = page.getByRole("dialog").getByLabel("Password", { exact: true });
  await password.fill("not the password");
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("That is not your password.").waitFor();
  await password.fill(person.credentials.password);
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  const again = await page.request.post(`${baseURL}/api/v1/auth/login`, { data: person.credentials });
  expect(again.status()).toBe(401);
});
