import type { Locator } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { Person, serviceWorkerOf, type Window } from "./harness";
import { browser, lostRequests, open, tolerate } from "./stage";

beforeEach(() => tolerate(lostRequests));

const soon = () => new Date(Date.now() + 2_500).toISOString();
const toast = ({ page }: Window, title: string): Locator => page.getByText(`Reminder: ${title}`);

async function rings(title: string, ...where: Window[]): Promise<void> {
  await Promise.all(where.map((window) => toast(window, title).waitFor({ timeout: 25_000 })));
}

async function remindersOf(person: Person, id: string): Promise<(string | undefined)[]> {
  const { reminders } = await person.ask<{ reminders: { at?: string }[] }>("GET", `/tasks/${id}`);
  return reminders.map(({ at }) => at);
}

describe("a reminder", () => {
  test("is put off by keys, also without the network, and is silent then in every window", async () => {
    const person = await Person.signUp(browser);
    const [left, right] = [await open(person), await open(person)];
    const { id } = await person.addTask({ title: "Cake", reminders: [{ at: soon() }] });
    await rings("Cake", left, right);
    expect(await left.axe()).toEqual([]);
    await left.screenshot("reminder");

    await left.page.context().setOffline(true);
    await left.press("g", "n", "Tab", "Enter");
    await left.page.getByText("“Cake” comes back").waitFor();
    await toast(left, "Cake").waitFor({ state: "detached" });
    expect(await toast(right, "Cake").count()).toBe(1);

    await left.page.context().setOffline(false);
    await toast(right, "Cake").waitFor({ state: "detached", timeout: 30_000 });
    const [at, ...others] = await remindersOf(person, id);
    expect(others).toEqual([]);
    expect(Math.abs(Date.parse(at ?? "") - Date.now() - 10 * 60_000)).toBeLessThan(60_000);

    await left.page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(async () => Date.parse((await remindersOf(person, id))[0] ?? "")).toBeLessThan(Date.now());
  });

  test("of a task that repeats completes it this time, and is silent then in every window", async () => {
    const person = await Person.signUp(browser);
    const [left, right] = [await open(person, { path: "/upcoming" }), await open(person, { path: "/upcoming" })];
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(new Date());
    await person.addTask({ title: "Water plants", due: { date: today }, recurrence: { rule: "FREQ=DAILY", anchor: "schedule", paused: false }, reminders: [{ at: soon() }] });
    await rings("Water plants", left, right);
    await left.page.getByRole("button", { name: "Complete Water plants" }).click();
    await Promise.all([left, right].map((window) => toast(window, "Water plants").waitFor({ state: "detached" })));
    await Promise.all([left, right].map((window) => window.sees("Water plants", "Tomorrow")));
  });

  test("shows outside of a page that is not in front, once that was allowed, and can be answered there", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const { page } = window;
    // Nobody is asked before the first reminder is set.
    expect(await page.getByRole("button", { name: "Allow" }).count()).toBe(0);
    await page.context().grantPermissions(["notifications"]);
    await window.add("Milk tomorrow 9am !10m");
    await page.getByRole("button", { name: "Allow" }).click();

    await page.evaluate(() => (document.hasFocus = () => false));
    await person.addTask({ title: "Bread", reminders: [{ at: soon() }] });
    await rings("Bread", window);
    const shown = () =>
      page.evaluate(async () => {
        const worker = await navigator.serviceWorker.ready;
        return (await worker.getNotifications()).map((notice) => [notice.title, (notice as unknown as { actions: { title: string }[] }).actions.map(({ title }) => title)]);
      });
    await expect.poll(shown).toEqual([["Reminder: Bread", ["Complete", "In 10 min"]]]);

    const worker = await serviceWorkerOf(page);
    await worker.evaluate(async () => {
      // What the browser does when somebody chooses it.
      const scope = globalThis as unknown as { registration: ServiceWorkerRegistration; NotificationEvent: new (type: string, init: object) => Event };
      const [notification] = await scope.registration.getNotifications();
      dispatchEvent(new scope.NotificationEvent("notificationclick", { notification, action: "complete" }));
    });
    await toast(window, "Bread").waitFor({ state: "detached" });
    await expect.poll(() => person.titles()).toEqual(["Milk"]);
    await expect.poll(shown).toEqual([]);
  });
});
