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
    await editor.getByLabel("Repeat", { exact: true }).selectOption("Every day");
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

  test("says in the editor what its words mean, and what does not fit", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.page.getByLabel("New task").fill("Team review");
    await window.page.getByRole("button", { name: "Details…" }).click();
    const editor = window.page.getByRole("dialog");
    await editor.getByLabel("Repeat", { exact: true }).selectOption("Custom…");
    await editor.getByLabel("Repeat how").fill("every froob");
    await editor.getByText('"froob" does not fit here (at position 6); expected').waitFor();
    await check(window, "repeat-fault");
    await editor.getByLabel("Repeat how").fill("every 2nd tuesday at 9:30");
    await editor.getByText("every month on the 2nd Tuesday").waitFor();
    await editor.getByText(/From Tue \d.*, 09:30 · Tue \d.*, 09:30 · Tue \d/).waitFor();
    await check(window, "repeat-means");
    await editor.getByRole("button", { name: "Add task" }).click();
    await window.row("Team review").getByText("every month on the 2nd Tuesday").waitFor();
    await window.row("Team review").getByText("09:30").waitFor();

    const again = await window.openEditor("Team review");
    expect(await again.getByLabel("Repeat how").inputValue()).toBe("FREQ=MONTHLY;BYDAY=2TU");
    expect(await again.getByLabel("Time").inputValue()).toBe("09:30");
    await again.getByText("every month on the 2nd Tuesday").waitFor();
    await again.getByText(/Then Tue \d.*, 09:30 · Tue \d.*, 09:30 · Tue \d/).waitFor();
  });

  test("with a rule that makes no sense is refused at the rule", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.page.getByLabel("New task").fill("Odd");
    await window.page.getByRole("button", { name: "Details…" }).click();
    const editor = window.page.getByRole("dialog");
    await editor.getByLabel("Due date").fill(isoDay(1));
    await editor.getByLabel("Repeat", { exact: true }).selectOption("Custom…");
    await editor.getByLabel("Repeat how").fill("FREQ=SOMETIMES");
    await editor.getByRole("button", { name: "Add task" }).click();
    await editor.getByLabel("Repeat how").and(window.page.locator("[aria-invalid=true]")).waitFor();
  });
});

describe("quick-add", () => {
  test("shows what it understands of a line and makes that task", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.type("Call mum tomorrow 9am p1 #Family @phone !30m every! 3 days");
    for (const words of [/^\w{3} \d+ \w+( \d{4})?, 09:00$/, "p1", "@phone", "30 minutes before", "every! 3 days"]) {
      await window.chip(words).waitFor();
    }
    await check(window, "quick-add");
    await window.page.keyboard.press("Enter");
    const row = window.row("Call mum #Family");
    for (const fact of ["Tomorrow 09:00", "P1", "phone", "every! 3 days"]) await row.getByText(fact, { exact: true }).waitFor();
    await row.getByText("Reminders: ").waitFor({ state: "attached" });
  });

  test("shows the latest answer, not the last to arrive, and moves nothing below", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let asked: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (asked = resolve));
    await window.page.route("**/api/v1/previews/quick-add", async (route) => {
      if (route.request().postData()?.includes("Call friday")) {
        asked();
        await released;
      }
      await route.continue();
    });
    await window.type("Call friday");
    await slow;
    const height = () => window.page.locator("form").evaluate((form) => form.getBoundingClientRect().height);
    const before = await height();
    await window.type("Call p1");
    await window.chip("p1").waitFor();
    expect(await height()).toBe(before);
    const late = window.page.waitForResponse("**/api/v1/previews/quick-add");
    release();
    await late;
    await window.type("Call p1 @phone");
    await window.chip("@phone").waitFor();
    expect(await window.page.getByRole("list", { name: "Understood" }).getByRole("listitem").count()).toBe(2);
  });

  test("waits for the meaning of the whole line before it adds", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.add("Buy bread tomorrow");
    await window.sees("Buy bread", "Upcoming");
    expect(await window.row("Buy bread").getByText("Buy bread", { exact: true }).count()).toBe(1);
  });

  test("leaves what is dismissed in the title", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.type("Paint the fence tomorrow p2");
    const dismissal = window.page.getByRole("button", { name: "Keep “tomorrow” as text" });
    await dismissal.waitFor();
    await window.page.keyboard.press("Tab");
    expect(await dismissal.evaluate((button) => button === document.activeElement)).toBe(true);
    await window.page.keyboard.press("Enter");
    await dismissal.waitFor({ state: "detached" });
    await window.chip("p2").waitFor();
    await window.page.keyboard.type(" @home");
    await window.chip("@home").waitFor();
    expect(await dismissal.count()).toBe(0);
    await window.page.keyboard.press("Enter");
    await window.sees("Paint the fence tomorrow", "No date");
    await window.row("Paint the fence").getByText("P2").waitFor();
  });

  test("takes a day from a button in place of the one in the line", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.type("Water next friday plants");
    await window.page.getByRole("button", { name: "Keep “next friday” as text" }).waitFor();
    await window.page.getByRole("button", { name: "Today", exact: true }).click();
    expect(await window.page.getByLabel("New task").inputValue()).toBe("Water today plants");
    await window.page.locator("button[aria-pressed=true]", { hasText: "Today" }).waitFor();
    await window.page.getByLabel("Priority").selectOption("Priority 2");
    await window.page.getByLabel("New task").press("Enter");
    await window.sees("Water plants", "Today");
    await window.row("Water plants").getByText("P2").waitFor();
  });

  test("makes a task of each pasted line once asked", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.type("Buy ");
    await window.paste("milk today\n- Buy eggs p1\n\n- Bake a #cake");
    await window.page.getByText("Add 3 tasks, one a line?").waitFor();
    await check(window, "paste");
    await window.page.keyboard.press("Enter");
    await window.sees("Buy milk", "Today");
    await window.sees("Buy eggs", "No date");
    await window.sees("Bake a #cake", "No date");
    await window.page.getByText("Added 3 tasks").waitFor();
    expect(await window.page.getByLabel("New task").inputValue()).toBe("");
  });

  test("adds the line as it stands when its meaning cannot be had", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.page.route("**/api/v1/previews/**", (route) => route.fulfill({ status: 404, body: "" }));
    await window.add("Buy bread tomorrow");
    await window.sees("Buy bread tomorrow", "No date");
    await window.page.getByText("Added as typed").waitFor();
  });

  test("goes on in the editor with what it understood", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.type("Dentist tomorrow 14:30 p3 @health");
    await window.page.getByRole("button", { name: "Details…" }).click();
    const editor = window.page.getByRole("dialog");
    expect(await editor.getByLabel("Title").inputValue()).toBe("Dentist");
    expect(await editor.getByLabel("Due date").inputValue()).toBe(isoDay(1));
    expect(await editor.getByLabel("Time").inputValue()).toBe("14:30");
    expect(await editor.getByLabel("Tags").inputValue()).toBe("health");
    expect(await editor.getByLabel("P3").isChecked()).toBe(true);
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

describe("the reference of the API", () => {
  test.each([
    ["desktop", { width: 1180, height: 820 }],
    ["phone", { width: 390, height: 844 }],
  ])("is read and tried with a token, by our own host alone: %s", async (look, viewport) => {
    const person = await Person.signUp(browser);
    const window = await Window.open(browser, { viewport });
    windows.push(window);
    const { page } = window;
    const hosts = new Set<string>();
    page.on("request", (request) => request.url().startsWith("data:") || hosts.add(new URL(request.url()).origin));

    await page.goto(`${baseURL}/api/v1/docs`);
    await page.getByRole("button", { name: "Authorize" }).click();
    await page.getByLabel("auth-bearer-value").first().fill(person.token);
    await page.getByRole("button", { name: "Apply credentials" }).first().click();
    await page.getByRole("button", { name: "Close" }).first().click();

    await page.getByRole("link", { name: "Tasks", exact: true }).click();
    const operation = page.locator("#operations-Tasks-create-task");
    await operation.getByRole("button", { name: /Add a task/ }).click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table").getByText("201", { exact: true }).waitFor();
    await window.screenshot(`reference-${look}`);

    expect([...hosts]).toEqual([new URL(baseURL).origin]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });
});

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
    await window.type("Book a table at the harbour tomorrow 19:30 p2 @family !2h every month on the last friday");
    await window.chip(/on the last Friday/).waitFor();
    await check(window, `${look}-quick-add`);
    await window.type("");
    await window.paste(exampleTasks().map(({ title }) => title).join("\n"));
    await check(window, `${look}-paste`);
    await page.getByRole("button", { name: "Cancel" }).click();

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
