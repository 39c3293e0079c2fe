import type { Page, WebSocketRoute } from "playwright-core";
import { describe, expect, test } from "vitest";
import { baseURL, newCredentials, Person, type Window } from "./harness";
import { browser, open, openSignedOut, tolerate } from "./stage";

function isoDay(daysFromNow: number): string {
  const moment = new Date(Date.now() + daysFromNow * 86_400_000);
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(moment);
}

describe("a session", () => {
  test("begins with sign-up, outlives a reload and ends with sign-out", async () => {
    const window = await openSignedOut();
    const { page } = window;
    const { email, password } = newCredentials();

    await page.goto(baseURL);
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await window.live();
    await window.add("Read the news");
    await window.sees("Read the news", "Today");

    await page.reload();
    await window.live();
    await window.sees("Read the news", "Today");

    await page.getByRole("button", { name: "Account of" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await expect.poll(() => page.evaluate(() => indexedDB.databases())).toEqual([]);
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
    const [person, stranger] = [await Person.signUp(browser), await Person.signUp(browser)];
    const [left, right, other] = [await open(person), await open(person), await open(stranger)];

    await left.add("Buy bread");
    await right.row("Buy bread").waitFor();
    const pane = await right.open("Buy bread");
    await pane.getByRole("textbox", { name: "Title" }).fill("Buy rye bread");
    await pane.getByRole("textbox", { name: "Title" }).press("Enter");
    await left.row("Buy rye bread").waitFor();
    await right.press("Escape");

    await left.toggle("Buy rye bread");
    await right.missesOpen("Buy rye bread");
    await left.page.getByRole("button", { name: "Undo" }).click();
    await right.row("Buy rye bread").waitFor();

    await right.row("Buy rye bread").hover();
    await right.row("Buy rye bread").getByRole("button", { name: "More for" }).click();
    await right.page.getByRole("menuitem", { name: "Delete" }).click();
    await left.missesOpen("Buy rye bread");
    expect(await other.page.getByRole("main").getByRole("listitem").count()).toBe(0);
  });

  test("let the person choose where the same was changed in both", async () => {
    const person = await Person.signUp(browser);
    const task = await person.addTask({ title: "Call Ada" });
    const window = await open(person);
    await window.row("Call Ada").waitFor();
    // The edit is held back until the other one is done.
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await window.page.route("**/api/v1/commands", async (route) => {
      await held;
      await route.continue();
    });
    await window.page.routeWebSocket("**/realtime/**", () => undefined);
    const pane = await window.open("Call Ada");
    await pane.getByRole("textbox", { name: "Title" }).fill("Call Ada Lovelace");
    await pane.getByRole("textbox", { name: "Title" }).press("Enter");
    await window.row("Call Ada Lovelace").waitFor();
    await person.ask("POST", "/commands", { commands: [{ name: "task.update", id: task.id, fields: { title: "Call Bob" } }] });
    release();
    await pane.getByRole("alert").getByText("Call Bob").waitFor();
    await pane.getByRole("button", { name: /mine/i }).click();
    await expect.poll(() => person.titles()).toEqual(["Call Ada Lovelace"]);
  });
});

describe("a repeating task", () => {
  test("comes back once, for the next day, in every window", async () => {
    const person = await Person.signUp(browser);
    const [left, right] = [await open(person, { path: "/upcoming" }), await open(person, { path: "/upcoming" })];
    await left.add("Water plants every day");
    await right.sees("Water plants", "Today");
    await left.toggle("Water plants");
    for (const window of [left, right]) {
      await window.sees("Water plants", "Tomorrow");
      await expect.poll(() => window.row("Water plants").count()).toBe(1);
    }
  });
});

describe("quick-add", () => {
  test("shows what it understands of a line and makes that task", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person, { path: "/upcoming" });
    await window.type("Plan the trip tomorrow 9am #Travel @fun p1");
    await window.page.getByRole("list", { name: "Understood" }).getByRole("listitem").first().waitFor();
    await window.line.press("Enter");
    await window.press("Escape");
    await window.sees("Plan the trip", "Tomorrow");
    await window.row("Plan the trip").getByText("Travel").waitFor();
    await window.row("Plan the trip").getByText("fun").waitFor();
    await window.row("Plan the trip").getByRole("checkbox", { name: /priority 1/ }).waitFor();
    await window.page.getByRole("navigation").getByRole("link", { name: /Travel/ }).waitFor();
  });

  test("leaves what is dismissed in the title", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await window.type("Watch Tomorrow Never Dies");
    await window.page.getByRole("button", { name: /as text/ }).click();
    await window.line.press("Enter");
    await window.press("Escape");
    await expect.poll(() => person.titles()).toEqual(["Watch Tomorrow Never Dies"]);
  });

  test("adds the line when its meaning cannot be shown", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    tolerate(/503/);
    await window.page.route("**/previews/quick-add", (route) => route.fulfill({ status: 503, body: "{}" }));
    await window.add("Sleep in on saturday");
    await expect.poll(() => person.titles()).toEqual(["Sleep in"]);
  });
});

describe("a task beside the list", () => {
  test("saves each of its fields by itself, and is there again after a reload", async () => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "Write the report" });
    const window = await open(person);
    const pane = await window.open("Write the report");
    await pane.getByRole("textbox", { name: "Notes" }).fill("With **figures**");
    await pane.getByRole("button", { name: /^Priority/ }).click();
    await window.page.getByRole("menuitemradio", { name: /Priority 1/ }).click();
    await pane.getByRole("button", { name: "Add subtask" }).click();
    await pane.getByPlaceholder(/What is to be done/).fill("Collect the figures");
    await window.press("Enter", "Escape");
    await pane.getByRole("textbox", { name: "Write a comment" }).fill("Ask Grace");
    await pane.getByRole("textbox", { name: "Write a comment" }).press("Control+Enter");
    await pane.getByText("Ask Grace").waitFor();
    await expect.poll(() => person.titles()).toEqual(["Collect the figures", "Write the report"]);

    await window.page.reload();
    await window.live();
    const again = window.page.getByRole("complementary", { name: "Task" });
    await again.getByText("Ask Grace").waitFor();
    await again.getByText("figures", { exact: true }).waitFor();
    await again.getByRole("button", { name: "Priority: Priority 1" }).waitFor();
    await again.getByRole("checkbox", { name: "Complete Collect the figures" }).waitFor();
  });
});

describe("projects", () => {
  test("are made, shown as list, board and month, and deleted with a way back", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const { page } = window;
    await page.getByRole("button", { name: "Add project" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("House");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "House" }).waitFor();
    await window.add("Paint the door today");
    await window.row("Paint the door").waitFor();
    await page.getByRole("button", { name: "Add a section" }).click();
    await page.getByRole("textbox", { name: "Name of the section" }).fill("Outside");
    await window.press("Enter");
    await page.getByRole("heading", { name: "Outside" }).waitFor();

    await page.getByRole("radio", { name: "Board" }).click();
    const column = page.getByRole("region", { name: "Outside" });
    await page.getByRole("button", { name: /Paint the door/ }).dragTo(column);
    await column.getByText("Paint the door").waitFor();
    await page.reload();
    await column.getByText("Paint the door").waitFor();
    await page.getByRole("radio", { name: "Calendar" }).click();
    await page.getByRole("table").getByText("Paint the door").waitFor();

    await page.getByRole("main").getByRole("button", { name: "More for House" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /House/ }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).last().click();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /House/ }).waitFor();
    await expect.poll(() => person.titles()).toEqual(["Paint the door"]);
  });
});

describe("the keyboard alone", () => {
  test("adds, walks, chooses, changes many at once, takes that back, and finds everything", async () => {
    const person = await Person.signUp(browser);
    for (const title of ["One", "Two", "Three"]) await person.addTask({ title });
    const window = await open(person);
    const { page } = window;
    await window.row("Three").waitFor();
    await window.add("Four");
    await window.row("Four").waitFor();
    await window.press("j", "x", "j", "x");
    await page.getByText("2 selected").waitFor();
    await window.press("1");
    await expect.poll(() => page.getByRole("checkbox", { name: /priority 1/ }).count()).toBe(2);
    await window.press("z");
    await expect.poll(() => page.getByRole("checkbox", { name: /priority 1/ }).count()).toBe(0);
    await window.press("Escape", "e");
    await expect.poll(() => person.titles().then((titles) => titles.length)).toBe(3);

    await window.press("g", "t");
    await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
    await window.press("Control+k");
    await page.keyboard.type("four");
    await page.getByRole("option", { name: "Four" }).waitFor();
    await window.press("Enter");
    await page.getByRole("complementary", { name: "Task" }).getByRole("textbox", { name: "Title" }).waitFor();
    await window.press("Escape", "Escape", "?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  });

  test("does the work of a day: adds, edits, dates, ranks, tags, moves, completes, finds, sets and signs out", async () => {
    const person = await Person.signUp(browser);
    await person.ask("POST", "/projects", { name: "House" });
    const window = await open(person);
    const { page } = window;
    await window.press("q");
    for (const title of ["Call Ann", "Buy paint"]) {
      await page.keyboard.type(title);
      await window.press("Enter");
    }
    await window.press("Escape");
    await window.line.waitFor({ state: "detached" });
    await window.row("Buy paint").waitFor();
    await expect.poll(() => person.titles()).toEqual(["Buy paint", "Call Ann"]);

    await window.press("j", "Enter");
    const pane = page.getByRole("complementary", { name: "Task" });
    await window.tabTo(pane.getByRole("textbox", { name: "Title" }));
    await window.press("End");
    await page.keyboard.type(" and Bob");
    await window.press("Enter");
    await window.row("Call Ann and Bob").waitFor();
    await window.press("Escape");
    await pane.waitFor({ state: "detached" });

    await window.press("t");
    await page.getByRole("textbox", { name: /^Type a date/ }).waitFor();
    await page.keyboard.type("tomorrow");
    await page.getByRole("button", { name: /↵/ }).waitFor();
    await window.press("Enter");
    await window.row("Call Ann and Bob").getByText("Tomorrow").waitFor();
    await window.press("1", "l");
    await page.getByRole("combobox", { name: "Find or create a tag" }).waitFor();
    await page.keyboard.type("phone");
    await window.press("Enter", "Escape", "v");
    await page.getByRole("combobox", { name: "Find or create a project" }).waitFor();
    await page.keyboard.type("House");
    await window.press("Enter");
    await window.missesOpen("Call Ann and Bob");
    const found = async () => (await person.ask<{ items: object[] }>("GET", "/search?q=Ann")).items;
    await expect.poll(found, { timeout: 30_000 }).toMatchObject([{ title: "Call Ann and Bob", priority: 1, tags: ["phone"], due: { date: isoDay(1) } }]);

    await window.press("j", "e");
    await window.missesOpen("Buy paint");
    await window.press("z");
    await window.row("Buy paint").waitFor();

    await window.press("/");
    await page.locator(":focus[type=search]").waitFor();
    await page.keyboard.type("ann");
    await window.row("Call Ann and Bob").waitFor();
    await window.press("Control+k");
    await page.keyboard.type("settings");
    await page.getByRole("option", { name: /settings/i }).first().waitFor();
    await window.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Account" }).waitFor();
    await window.tabTo(page.getByRole("link", { name: "Appearance" }));
    await window.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Appearance" }).waitFor();
    await window.tabTo(page.getByRole("radio", { name: "System" }));
    await window.press("ArrowRight");
    await page.locator("html[data-theme]").waitFor();

    await window.press("g", "t");
    await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
    await window.press("Control+k");
    await page.keyboard.type("sign out");
    await page.getByRole("option", { name: "Sign out" }).waitFor();
    await window.press("Enter");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  });
});

describe("keys that are pressed before there is something to type in", () => {
  /** A window to which some of the code comes late: what was typed before that is then to be done. */
  async function opened(person: Person, late: string, type: (window: Window) => Promise<void>): Promise<Window> {
    let arrive: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (arrive = resolve));
    const asked = new RegExp(`/assets/${late}-[^/]*\\.js$`);
    const window = await open(person, {
      serviceWorkers: "block", // what it has fetched by itself would be there
      prepare: (page) =>
        page.route(asked, async (route) => {
          await held;
          await route.continue();
        }).then(() => undefined),
    });
    await window.row("Call Ann").waitFor();
    await type(window);
    arrive();
    return window;
  }

  test("add tasks, search, lead to a command, and date, tag and move a task", async () => {
    const person = await Person.signUp(browser);
    await person.ask("POST", "/projects", { name: "House" });
    await person.addTask({ title: "Call Ann" });

    const adding = await opened(person, "Composer", async (window) => {
      await window.press("q");
      await window.page.keyboard.type("Buy pain");
      await window.press("Backspace", "n", "t", "Enter");
      await window.page.keyboard.type("Cut the hedge");
      await window.press("Enter");
    });
    await expect.poll(() => person.titles()).toEqual(["Buy paint", "Call Ann", "Cut the hedge"]);
    await adding.press("Escape");
    await adding.line.waitFor({ state: "detached" });

    const searching = await opened(person, "search", async (window) => {
      await window.press("/");
      await window.page.keyboard.type("hedge");
    });
    await searching.missesOpen("Call Ann");
    await searching.row("Cut the hedge").waitFor();
    expect(await searching.page.getByRole("searchbox").inputValue()).toBe("hedge");

    const leading = await opened(person, "Palette", async (window) => {
      await window.press("Control+k");
      await window.page.keyboard.type("settings");
      await window.press("Enter");
    });
    await leading.page.getByRole("heading", { level: 1, name: "Account" }).waitFor();

    const chosen = (pickers: string, key: string, words: string) =>
      opened(person, pickers, async (window) => {
        await window.row("Call Ann").getByRole("button", { name: "Call Ann", exact: true }).focus();
        await window.press(key);
        await window.page.keyboard.type(words);
        await window.press("Enter");
      });
    const found = async () => (await person.ask<{ items: object[] }>("GET", "/search?q=Ann")).items;
    await chosen("DatePicker", "t", "tomorrow");
    await expect.poll(found).toMatchObject([{ due: { date: isoDay(1) } }]);
    await chosen("ListPickers", "l", "phone");
    await expect.poll(found).toMatchObject([{ tags: ["phone"] }]);
    const moved = await chosen("ProjectPicker", "v", "House");
    await moved.missesOpen("Call Ann");
  });

  test("are commands again once somebody gives up", async () => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "Call Ann" });
    const window = await opened(person, "search", async (window) => {
      await window.press("/");
      await window.page.keyboard.type("gt");
      await window.press("Escape", "g", "t");
    });
    await window.page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  });
});

describe("lists that the server makes", () => {
  test("find tasks by words and by filters, and give back what was completed or deleted", async () => {
    const person = await Person.signUp(browser);
    const [, old, gone] = [await person.addTask({ title: "Call the dentist", priority: 1 }), await person.addTask({ title: "Call the bank" }), await person.addTask({ title: "Call the past" })];
    await person.ask("POST", `/tasks/${old.id}/complete`);
    await person.ask("POST", "/commands", { commands: [{ name: "task.delete", id: gone.id }] });
    const window = await open(person, { path: "/search" });
    const { page } = window;
    await page.getByRole("searchbox").fill("call dent");
    await window.row("Call the dentist").waitFor();
    await page.getByRole("radio", { name: "All" }).click();
    await page.getByRole("searchbox").fill("call");
    await window.row("Call the bank").waitFor();
    expect(await window.row("Call the past").count()).toBe(0);

    await page.getByRole("button", { name: "Add filter" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Urgent");
    await page.getByRole("textbox", { name: "What it shows" }).fill("p1 &");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect.poll(() => page.getByRole("textbox", { name: "What it shows" }).getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("textbox", { name: "What it shows" }).fill("p1");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Urgent" }).waitFor();
    await window.row("Call the dentist").waitFor();

    await page.goto(`${baseURL}/completed`);
    await window.row("Call the bank").waitFor();
    await window.row("Call the bank").getByRole("checkbox").click();
    await expect.poll(() => person.titles()).toEqual(["Call the bank", "Call the dentist"]);

    await page.goto(`${baseURL}/trash`);
    await page.getByRole("button", { name: "Restore Call the past" }).click();
    await expect.poll(() => person.titles()).toEqual(["Call the bank", "Call the dentist", "Call the past"]);
  });
});

describe("the log", () => {
  test("tells what happened and takes it back", async () => {
    const person = await Person.signUp(browser);
    const task = await person.addTask({ title: "Water plants" });
    await person.ask("POST", `/tasks/${task.id}/complete`);
    const window = await open(person, { path: "/activity" });
    const line = window.page.getByRole("listitem").filter({ hasText: "Completed Water plants" });
    await line.waitFor({ timeout: 20_000 });
    await line.getByRole("button", { name: /^Undo/ }).click();
    await expect.poll(() => person.titles()).toEqual(["Water plants"]);
  });
});

describe("the dashboard", () => {
  test("counts what was done, with a table behind each chart", async () => {
    const person = await Person.signUp(browser);
    const task = await person.addTask({ title: "Done", due: { date: isoDay(0) } });
    await person.addTask({ title: "Ahead", due: { date: isoDay(1) } });
    await person.ask("POST", `/tasks/${task.id}/complete`);
    const window = await open(person, { path: "/dashboard" });
    const done = window.page.getByRole("region", { name: "Done per day" });
    await done.getByText("As a table").click();
    await expect.poll(() => done.getByRole("row").last().innerText()).toMatch(/1$/);
    await window.page.getByText("100%").waitFor();
  });

  test("writes its charts as large on a phone as on a desk", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person, { path: "/dashboard", viewport: { width: 390, height: 844 } });
    const label = window.page.getByRole("img", { name: /^Tasks completed/ }).locator("text").first();
    await expect.poll(() => label.evaluate((text: SVGGraphicsElement) => text.getScreenCTM()?.a)).toBe(1);
  });
});

describe("a reminder", () => {
  test("shows when its time comes", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    await person.addTask({ title: "Take the cake out", reminders: [{ at: new Date(Date.now() + 2000).toISOString() }] });
    await window.page.getByRole("region", { name: "Notices" }).or(window.page.getByRole("status", { name: "Notices" })).getByText("Take the cake out").first().waitFor({ timeout: 20_000 });
  });
});

describe("the live feed", () => {
  test("fills a gap: no change is lost when a frame is", async () => {
    const person = await Person.signUp(browser);
    let dropped = 0;
    const window = await open(person, {
      prepare: (page: Page) =>
        page.routeWebSocket("**/realtime/v1/socket", (socket) => {
          forward(socket, (frame) => {
            const isChange = frame.includes('"type":"change"');
            if (isChange && dropped === 0) {
              dropped += 1;
              return false;
            }
            return true;
          });
        }),
    });
    await person.addTask({ title: "The first is dropped" });
    await person.addTask({ title: "The second comes" });
    await window.row("The second comes").waitFor();
    await window.row("The first is dropped").waitFor();
    expect(dropped).toBe(1);
  });

  test("resumes after the server went away", async () => {
    const person = await Person.signUp(browser);
    let socket: WebSocketRoute | undefined;
    let refuse = false;
    const window = await open(person, {
      prepare: (page: Page) =>
        page.routeWebSocket("**/realtime/v1/socket", (opened) => {
          if (refuse) {
            void opened.close({ code: 1013 });
            return;
          }
          socket = opened;
          forward(opened, () => true);
        }),
    });
    refuse = true;
    await socket?.close({ code: 1012 });
    await window.page.getByText("Offline").waitFor();
    await person.addTask({ title: "Meanwhile" });
    refuse = false;
    await window.row("Meanwhile").waitFor({ timeout: 40_000 });
    await window.live();
  });
});

function forward(socket: WebSocketRoute, passes: (frame: string) => boolean): void {
  const server = socket.connectToServer();
  socket.onMessage((message) => server.send(message));
  server.onMessage((message) => {
    if (passes(String(message))) socket.send(message);
  });
}

describe("the language", () => {
  test("is that of the person's settings", async () => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "Blumen gießen", due: { date: isoDay(0) } });
    await person.ask("POST", "/commands", { commands: [{ name: "settings.update", fields: { locale: "de-DE" } }] });
    const window = await open(person, { path: "/today" });
    await window.page.getByRole("heading", { level: 1, name: "Heute" }).waitFor();
    await window.page.getByRole("link", { name: /Eingang/ }).waitFor();
    await expect.poll(() => window.page.locator("html").getAttribute("lang")).toBe("de");
  });

  test("is that of the reader of a mail, on the page behind its link", async () => {
    const window = await openSignedOut(); // in which English is spoken
    await window.page.goto(`${baseURL}/?locale=de-AT-u-hc-h23#unsubscribe=ey.J0`);
    await window.page.getByRole("heading", { name: "Keine Erinnerungen per E-Mail mehr?" }).waitFor();
    await expect.poll(() => window.page.locator("html").getAttribute("lang")).toBe("de");
  });
});

describe("the reference of the API", () => {
  test.each([
    ["desktop", { width: 1180, height: 820 }],
    ["phone", { width: 390, height: 844 }],
  ])("is read and tried with a token, by our own host alone: %s", async (look, viewport) => {
    const person = await Person.signUp(browser);
    const window = await openSignedOut({ viewport });
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
