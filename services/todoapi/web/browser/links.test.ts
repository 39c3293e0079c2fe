import { request } from "node:http";
import { expect, test } from "vitest";
import { baseURL, Person } from "./harness";
import { browser, openSignedOut } from "./stage";

/** The texts of the mails that somebody has got, as the mailbox of the cluster has them. */
async function mailsTo(recipient: string): Promise<string[]> {
  const body = await new Promise<string>((resolve, reject) => {
    const asked = request(`${baseURL}/messages?to=${encodeURIComponent(recipient)}`, { headers: { Host: "mail.localhost" }, timeout: 10_000 }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part)).on("end", () => resolve(Buffer.concat(parts).toString()));
    });
    asked.on("error", reject).end();
  });
  return (JSON.parse(body) as { raw: string }[]).map(({ raw }) => raw.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))));
}

/** The secret of the first link of a purpose in what somebody was mailed. */
async function linkTo({ credentials }: Person, purpose: string): Promise<string> {
  let token = "";
  await expect
    .poll(async () => (token = (await mailsTo(credentials.email)).map((text) => new RegExp(`#${purpose}(\\S+)`).exec(text)?.[1]).find(Boolean) ?? ""), { timeout: 30_000 })
    .not.toBe("");
  return `#${purpose}${token}`;
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("a reminder is answered from its mail, on any device, signed in or not", async () => {
  const person = await Person.signUp(browser);
  const window = await openSignedOut();
  const { page } = window;
  /** Follows a link, as a mail program opens it. */
  const follow = async (purpose: string, opened = window) => {
    await opened.page.goto("about:blank");
    await opened.page.goto(`${baseURL}/${await linkTo(person, purpose)}`);
  };
  const press = (name: string) => page.getByRole("button", { name }).click();

  const title = "Call the landlord about the heating";
  await person.addTask({ title, due: { date: "2031-03-12", time: "09:00" }, reminders: [{ at: new Date(Date.now() + 1_500).toISOString() }] });

  await follow("reminder=");
  await page.getByText("Complete this task?").waitFor();
  expect(await window.axe()).toEqual([]);
  await window.screenshot("link-complete");
  expect(await person.titles()).toEqual([title]);
  await press("Complete it");
  await page.getByText("The task is completed", { exact: true }).waitFor();
  await window.screenshot("link-completed");
  expect(await person.titles()).toEqual([]);

  const small = await openSignedOut(phone);
  await follow("reminder=", small);
  await small.page.getByText("The task is completed already").waitFor();
  expect([await small.axe(), await small.wider()]).toEqual([[], 0]);
  await small.screenshot("link-phone");

  await follow("unsubscribe=", small);
  await small.page.getByText("No reminders by mail any more?").waitFor();
  await small.screenshot("link-unsubscribe-phone");
  await small.page.getByRole("button", { name: "End mails" }).click();
  await small.page.getByText("Reminders come by mail no more").waitFor();
  await expect.poll(() => person.ask("GET", "/settings")).toMatchObject({ remindersBy: expect.not.arrayContaining(["email"]) as string[] });

  await page.goto("about:blank");
  await page.goto(`${baseURL}/#reminder=nonsense`);
  await page.getByText("This link does not work").waitFor();
  await window.screenshot("link-broken");
});
