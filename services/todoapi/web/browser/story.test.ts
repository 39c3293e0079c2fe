import type { Browser, Page, WebSocketRoute } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { baseURL, launch, newCredentials, Person, Window } from "./harness";

let browser: Browser;
let windows: Window[] = [];

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

afterEach(async () => {
  const complaints = windows.flatMap((window) => window.complaints);
  await Promise.all(windows.map(({ page }) => page.context().close()));
  windows = [];
  expect(complaints).toEqual([]);
});

async function open(person: Person, options?: Parameters<Person["open"]>[0]): Promise<Window> {
  const window = await person.open(options);
  windows.push(window);
  return window;
}

function isoDay(daysFromNow: number): string {
  const moment = new Date(Date.now() + daysFromNow * 86_400_000);
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(moment);
}

describe("a session", () => {
  test("begins with sign-up, outlives a reload and ends with sign-out", async () => {
    const window = await Window.open(browser);
    windows.push(window);
    const { page } = window;
    const { email, password } = newCredentials();

    await page.goto(baseURL);
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await window.live();
    await window.add("Read the news", "Today");
    await window.sees("Read the news", "Today");

    await page.reload();
    await window.live();
    await window.sees("Read the news", "Today");

    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();

    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("E-mail or password is wrong.").waitFor();
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await window.sees("Read the news", "Today");
  });
});

describe("two windows", () => {
  test("show what happens in the other, and nothing of another person's", async () => {
    const person = await Person.signUp(browser);
    const stranger = await Person.signUp(browser);
    const [left, right, other] = [await open(person), await open(person), await open(stranger)];

    await left.add("Buy bread", "Today");
    await right.sees("Buy bread", "Today");

    const editor = await right.openEditor("Buy bread");
    await editor.getByLabel("Title").fill("Buy rye bread");
    await editor.getByText("P1").click();
    await editor.getByLabel("Tags").fill("shop, food");
    await editor.getByRole("button", { name: "Save" }).click();
    await left.sees("Buy rye bread", "Today");
    await left.row("Buy rye bread").getByText("shop", { exact: true }).waitFor();

    await left.toggle("Buy rye bread");
    await right.missesOpen("Buy rye bread");
    await left.page.getByRole("button", { name: "Undo" }).click();
    await right.sees("Buy rye bread", "Today");

    await right.row("Buy rye bread").getByRole("button", { name: "More for" }).click();
    await right.page.getByRole("menuitem", { name: "Delete…" }).click();
    await right.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await left.missesOpen("Buy rye bread");

    expect(await other.page.getByRole("listitem").count()).toBe(0);
  });

  test("refuse to overwrite a change from elsewhere unseen", async () => {
    const person = await Person.signUp(browser);
    const [left, right] = [await open(person), await open(person)];
    await left.add("Call Ada");
    await right.sees("Call Ada", "No date");

    const leftEditor = await left.openEditor("Call Ada");
    await leftEditor.getByLabel("Notes").fill("About the engine");
    const rightEditor = await right.openEditor("Call Ada");
    await rightEditor.getByLabel("Title").fill("Call Ada Lovelace");
    await rightEditor.getByRole("button", { name: "Save" }).click();
    await left.row("Call Ada Lovelace").waitFor({ state: "attached" });

    await leftEditor.getByRole("button", { name: "Save" }).click();
    await leftEditor.getByText("was changed in another place").waitFor();
    await leftEditor.getByRole("button", { name: "Save" }).click();
    await leftEditor.waitFor({ state: "detached" });
    await left.sees("Call Ada Lovelace", "No date");
    await right.row("Call Ada Lovelace").getByText("Has notes").waitFor({ state: "attached" });
  });
});

describe("a repeating task", () => {
  test("comes back once, for the next day, in every window", async () => {
    const person = await Person.signUp(browser);
    const [left, right] = [await open(person), await open(person)];

    await left.page.getByLabel("New task").fill("Water plants");
    await left.page.getByRole("button", { name: "Details…" }).click();
    const editor = left.page.getByRole("dialog");
    await editor.getByLabel("Due date").fill(isoDay(0));
    await editor.getByLabel("Repeat").selectOption("Every day");
    await editor.getByRole("button", { name: "Add task" }).click();
    await right.sees("Water plants", "Today");

    await right.toggle("Water plants");
    for (const window of [left, right]) {
      await window.sees("Water plants", "Upcoming");
      await window.row("Water plants").getByText("Tomorrow").waitFor();
      expect(await window.row("Water plants").count()).toBe(1);
    }
    await left.page.getByRole("button", { name: /^Completed/ }).click();
    await left.sees("Water plants", "Completed");
  });

  test("with a rule that makes no sense is refused at the rule", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.page.getByLabel("New task").fill("Odd");
    await window.page.getByRole("button", { name: "Details…" }).click();
    const editor = window.page.getByRole("dialog");
    await editor.getByLabel("Due date").fill(isoDay(1));
    await editor.getByLabel("Repeat").selectOption("Custom rule…");
    await editor.getByLabel("Rule", { exact: true }).fill("FREQ=SOMETIMES");
    await editor.getByRole("button", { name: "Add task" }).click();
    await editor.getByLabel("Rule", { exact: true }).and(window.page.locator("[aria-invalid=true]")).waitFor();
  });
});

describe("a reminder", () => {
  test("shows when its time comes", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await person.addTask({ title: "Take the cake out", reminders: [{ at: new Date(Date.now() + 2_000).toISOString() }] });
    await window.page.getByRole("status").filter({ hasText: "Take the cake out" }).waitFor();
    await window.screenshot("reminder");
    await window.page.getByRole("button", { name: "Activity" }).click();
    await window.page.getByRole("dialog").getByText("Reminded of Take the cake out").waitFor();
  });
});

describe("the live feed", () => {
  test("fills a gap: no change is lost when a frame is", async () => {
    const person = await Person.signUp(browser);
    const wire = new Wire();
    const window = await open(person, { prepare: (page) => wire.tap(page) });
    wire.loseNextChange = true;
    await person.addTask({ title: "Lost on the way" });
    await wire.lost;
    await person.addTask({ title: "Arrives" });
    await window.sees("Lost on the way", "No date");
    await window.sees("Arrives", "No date");
  });

  test("resumes after the server went away", async () => {
    const person = await Person.signUp(browser);
    const wire = new Wire();
    const window = await open(person, { prepare: (page) => wire.tap(page) });
    await wire.current?.close({ code: 1012, reason: "restart" });
    await person.addTask({ title: "Meanwhile" });
    await window.sees("Meanwhile", "No date");
    await window.live();
  });
});

/** The WebSocket of a page, with hands on it. */
class Wire {
  current: WebSocketRoute | null = null;
  loseNextChange = false;
  private reportLoss: () => void = () => undefined;
  readonly lost = new Promise<void>((resolve) => (this.reportLoss = resolve));

  async tap(page: Page): Promise<void> {
    await page.routeWebSocket(/\/realtime\/v1\/socket$/, (client) => {
      this.current = client;
      const server = client.connectToServer();
      server.onMessage((message) => {
        if (this.loseNextChange && (JSON.parse(String(message)) as { type: string }).type === "change") {
          this.loseNextChange = false;
          this.reportLoss();
          return;
        }
        client.send(message);
      });
    });
  }
}

describe("the keyboard", () => {
  test("adds, walks, completes and explains itself", async () => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "First", due: { date: isoDay(0) }, priority: 1 });
    await person.addTask({ title: "Second", due: { date: isoDay(0) }, priority: 2 });
    const window = await open(person);
    const { keyboard } = window.page;

    await keyboard.press("n");
    await keyboard.type("Third");
    await keyboard.press("Enter");
    await window.sees("Third", "No date");
    await keyboard.press("Escape");

    await keyboard.press("j");
    await keyboard.press("j");
    await keyboard.press("k");
    await keyboard.press("x");
    await window.missesOpen("First");
    await keyboard.press("e");
    expect(await window.page.getByRole("dialog").getByLabel("Title").inputValue()).toBe("Second");
    await keyboard.press("Escape");

    await keyboard.press("?");
    await window.page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("Complete or reopen task").waitFor();
    await keyboard.press("Escape");
    await window.page.getByRole("dialog").waitFor({ state: "detached" });
  });
});

describe("the page", () => {
  const looks = {
    light: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    phone: { colorScheme: "light", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
    "phone-dark": { colorScheme: "dark", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  } as const;

  test.each(Object.entries(looks))("is accessible and in shape: %s", async (look, options) => {
    const person = await Person.signUp(browser);
    const visitor = await Window.open(browser, options);
    windows.push(visitor);
    await visitor.page.goto(baseURL);
    await visitor.page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await check(visitor, `${look}-sign-in`);

    const window = await open(person, options);
    const { page } = window;
    await page.getByText("All clear").waitFor();
    await check(window, `${look}-empty`);

    for (const task of exampleTasks()) await person.addTask(task);
    await window.sees("Plan the summer trip", "No date");
    await window.toggle("Reply to Grace");
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await page.getByRole("button", { name: /^Completed/ }).click();
    await window.sees("Reply to Grace", "Completed");
    await check(window, `${look}-list`);

    await page.getByLabel("New task").fill("Book a table");
    await check(window, `${look}-composer`);
    await page.getByLabel("New task").fill("");

    const editor = await window.openEditor("Water plants");
    await editor.getByRole("button", { name: "Before it is due" }).click();
    await check(window, `${look}-editor`);
    await editor.getByRole("button", { name: "Cancel" }).click();
    await editor.getByRole("button", { name: "Discard" }).click();

    await page.getByRole("button", { name: "Activity" }).click();
    await page.getByRole("dialog").getByText("Completed Reply to Grace").waitFor();
    await page.getByRole("dialog").getByText("Added Dentist").waitFor();
    await check(window, `${look}-activity`);
    await page.keyboard.press("Escape");

    for (const menu of ["Account", "More for Dentist"]) {
      await page.getByRole("button", { name: menu }).click();
      await check(window, `${look}-menu-${menu.split(" ")[0]?.toLowerCase()}`);
      await page.keyboard.press("Escape");
    }
  });
});

async function check(window: Window, name: string): Promise<void> {
  await window.screenshot(name);
  expect(await window.axe(), name).toEqual([]);
  const overflow = await window.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${name} scrolls sideways by`).toBe(0);
}

function exampleTasks(): Parameters<Person["addTask"]>[0][] {
  const berlin = "Europe/Berlin";
  return [
    { title: "Send the invoice to Babbage & Co", priority: 1, due: { date: isoDay(-2) }, tags: ["work"] },
    {
      title: "Water plants",
      priority: 2,
      due: { date: isoDay(0), time: "23:59", zone: berlin },
      recurrence: { rule: "FREQ=DAILY", anchor: "schedule" },
      reminders: [{ minutesBefore: 30 }],
      tags: ["home", "garden"],
    },
    { title: "Reply to Grace", due: { date: isoDay(0) } },
    { title: "Pick up the parcel", priority: 3, due: { date: isoDay(0) }, notes: "The number is in the mail." },
    { title: "Dentist", due: { date: isoDay(1), time: "09:30", zone: berlin }, reminders: [{ minutesBefore: 60 }] },
    {
      title: "Team review: what went well, what did not, and what we try next time, with everyone in one room for once",
      due: { date: isoDay(9) },
      recurrence: { rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", anchor: "schedule" },
      tags: ["work"],
    },
    { title: "Plan the summer trip", tags: ["family"], notes: "Somewhere with a lake." },
  ];
}
