import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { Person } from "./harness";
import { another, browser, lostRequests, open, tolerate } from "./stage";

beforeEach(() => tolerate(lostRequests));

describe("without the network", () => {
  test("20 tasks that are added before the tab is killed are there once it is opened again, each once", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const context = window.page.context();
    const titles = Array.from({ length: 20 }, (_, n) => `Offline ${String(n).padStart(2, "0")}`);
    await context.setOffline(true);
    for (const title of titles) await window.add(title);
    await window.row("Offline 19").waitFor();
    await window.page.close();
    expect(await person.titles()).toEqual([]);

    await context.setOffline(false);
    const again = await context.newPage();
    await again.goto(window.page.url());
    await expect.poll(() => person.titles(), { timeout: 30_000 }).toEqual(titles);
    await again.locator('[data-connection="live"]').waitFor({ state: "attached" });
    await expect.poll(() => again.getByRole("main").getByRole("listitem").filter({ hasText: "Offline" }).count()).toBe(20);
  });

  test("signing out asks before it loses what was not sent", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.page.context().setOffline(true);
    await window.add("Not to be lost");
    await window.row("Not to be lost").waitFor();
    await window.page.getByRole("button", { name: "Account of" }).click();
    await window.page.getByRole("menuitem", { name: "Sign out" }).click();
    const question = window.page.getByRole("dialog", { name: "Sign out and lose changes?" });
    await question.getByText("A change was not sent yet.").waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
    await window.page.context().setOffline(false);
    await expect.poll(() => person.titles(), { timeout: 30_000 }).toEqual(["Not to be lost"]);
  });
});

describe("two tabs", () => {
  test("have one socket, and the other goes on when the one that has it is closed", async () => {
    const person = await Person.signUp(browser);
    const left = await open(person);
    const right = await another(left);
    await right.live();
    await right.add("From the right");
    await left.row("From the right").waitFor();
    await person.addTask({ title: "From elsewhere" });
    await right.row("From elsewhere").waitFor();
    expect([left.sockets, right.sockets]).toEqual([1, 0]);

    await left.page.close();
    await right.live();
    await person.addTask({ title: "Later" });
    await right.row("Later").waitFor();
    await right.add("From the right again");
    await expect.poll(() => person.titles()).toEqual(["From elsewhere", "From the right", "From the right again", "Later"]);
    expect(right.sockets).toBeGreaterThan(0);
  });

  test("of two people keep apart what they do, also when the session of one has become the other's", async () => {
    const [ada, bob] = [await Person.signUp(browser), await Person.signUp(browser)];
    const window = await open(ada);
    const { page } = window;
    await page.route("**/api/v1/quick-add", (route) => route.fulfill({ status: 401, body: "{}" }), { times: 1 });
    await bob.signIn(window);
    await window.add("Of Ada alone");
    await page.getByText("Your inbox is empty").waitFor();
    await window.live();
    expect([await ada.titles(), await bob.titles()]).toEqual([[], []]);

    await ada.signIn(window);
    await page.reload();
    await expect.poll(() => ada.titles(), { timeout: 30_000 }).toEqual(["Of Ada alone"]);
    expect(await bob.titles()).toEqual([]);
  });
});

async function endSockets(page: Page): Promise<void> {
  await page.routeWebSocket("**/realtime/**", (socket) => void socket.close({ code: 1011 }));
}

async function forbidSockets(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.WebSocket = class extends EventTarget {
      constructor() {
        super();
        throw new DOMException("blocked", "SecurityError");
      }
    } as unknown as typeof WebSocket;
  });
}

describe("where WebSockets do not get through", () => {
  test.each([
    ["a proxy ends them", endSockets],
    ["the browser forbids them", forbidSockets],
  ])("because %s, windows stay in sync by streams", async (_how, prepare) => {
    const person = await Person.signUp(browser);
    const [left, right] = [await open(person, { prepare }), await open(person, { prepare })];
    await left.add("From the left");
    await right.row("From the left").waitFor();
    await right.toggle("From the left");
    await left.missesOpen("From the left");
    await person.addTask({ title: "From elsewhere" });
    await Promise.all([left, right].map((window) => window.row("From elsewhere").waitFor()));

    const tab = await another(left);
    await tab.live();
    await tab.add("From another tab");
    await right.row("From another tab").waitFor();
    expect([left.streams > 0, right.streams > 0, tab.streams]).toEqual([true, true, 0]);
  });
});

describe("a lost answer", () => {
  test("to a deletion brings nothing back", async () => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "Doomed" });
    const window = await open(person);
    await window.row("Doomed").waitFor();
    let lost = 0;
    await window.page.route(
      "**/api/v1/commands",
      async (route) => {
        await route.fetch();
        lost += 1;
        await route.abort();
      },
      { times: 1 },
    );
    await window.row("Doomed").hover();
    await window.row("Doomed").getByRole("button", { name: "More for" }).click();
    await window.page.getByRole("menuitem", { name: "Delete" }).click();
    await window.missesOpen("Doomed");
    await expect.poll(() => lost).toBe(1);
    const zombie = window.row("Doomed").waitFor({ timeout: 4_000 });
    await expect(zombie).rejects.toThrow("Timeout");
    await window.live();
    expect(await person.titles()).toEqual([]);
  });
});
