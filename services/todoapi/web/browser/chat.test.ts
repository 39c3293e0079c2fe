import type { Locator, Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { Person, type Window, type WindowOptions } from "./harness";
import { browser, lostRequests, open, tolerate } from "./stage";

beforeEach(() => tolerate(lostRequests));

const phone: WindowOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** The chat in a window, as a person has it in front of them. */
class Chat {
  constructor(readonly window: Window) {}

  get page(): Page {
    return this.window.page;
  }

  get panel(): Locator {
    return this.page.getByRole("complementary", { name: "Chat" });
  }

  get line(): Locator {
    return this.page.getByRole("textbox", { name: "Ask or tell me something" });
  }

  get said(): Locator {
    return this.page.getByRole("group", { name: "What was said" });
  }

  /** The answers that have come, the last one last. */
  get answers(): Locator {
    return this.said.getByRole("listitem").filter({ hasText: "The answer:" });
  }

  get consent(): Locator {
    return this.said.getByRole("region", { name: "This waits for your yes" }).last();
  }

  card(title: string): Locator {
    return this.answers.last().locator("[data-task]").filter({ hasText: title });
  }

  /** Opens it by its key, and types at once. */
  static async byKey(window: Window): Promise<Chat> {
    const chat = new Chat(window);
    await window.page.getByRole("button", { name: "Chat", exact: true }).waitFor();
    await window.press("c");
    await chat.hasFocus();
    return chat;
  }

  async hasFocus(): Promise<void> {
    await expect.poll(() => this.line.evaluate((element) => element === document.activeElement)).toBe(true);
  }

  /** Says something by the keyboard, and waits for the whole answer. */
  async say(text: string): Promise<Locator> {
    await this.answered(async () => {
      await this.page.keyboard.type(text);
      await this.page.keyboard.press("Enter");
    });
    return this.answers.last();
  }

  async answered(act: () => Promise<void>): Promise<void> {
    const before = await this.answers.count();
    await act();
    await expect.poll(() => this.answers.count(), { timeout: 15_000 }).toBe(before + 1);
    await this.page.getByRole("button", { name: "Send" }).and(this.page.locator(":not([aria-busy=true])")).waitFor();
  }
}

const day = (ahead: number) => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(new Date(Date.now() + ahead * 86_400_000));

interface Known {
  title: string;
  due: { date: string } | null;
}

async function dueOf(person: Person, title: string): Promise<string | undefined> {
  const { items } = await person.ask<{ items: Known[] }>("GET", "/tasks?limit=100");
  return items.find((task) => task.title.toLowerCase() === title)?.due?.date;
}

describe("the day is planned in words", () => {
  test("by the keyboard alone: tasks are added, listed, moved, deleted after a yes, and come back", async () => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "Water the plants", due: { date: day(0) } });
    await person.addTask({ title: "Write the report", due: { date: day(0) } });
    const window = await open(person, { path: "/today" });
    const chat = await Chat.byKey(window);

    await chat.say("add call the dentist today");
    await chat.card("dentist").waitFor();
    await window.row("dentist").waitFor();

    await chat.say("what is due today?");
    for (const title of ["Water the plants", "Write the report", "dentist"]) await chat.card(title).waitFor();
    expect(await window.axe()).toEqual([]);
    await window.screenshot("chat-tasks");

    await chat.say("move the report to tomorrow");
    await expect.poll(() => dueOf(person, "write the report")).toBe(day(1));
    await window.missesOpen("Write the report");

    await chat.say("delete everything due today");
    await window.tabTo(chat.consent.getByRole("button").last());
    await chat.consent.getByRole("button").first().waitFor();
    expect(await person.titles()).toHaveLength(3);
    expect(await window.axe()).toEqual([]);
    await window.screenshot("chat-consent");
    await window.press("Shift+Tab");
    await chat.answered(() => window.press("Enter"));
    await expect.poll(() => person.titles()).toEqual(["Write the report"]);
    await chat.hasFocus();

    await window.press("Shift+Tab");
    const undo = chat.answers.last().getByRole("button", { name: "Undo" });
    for (let steps = 0; steps < 20 && !(await undo.evaluate((element) => element === document.activeElement)); steps += 1) await window.press("Shift+Tab");
    await window.press("Enter");
    await expect.poll(async () => (await person.titles()).length).toBe(3);
    await chat.answers.last().getByRole("button", { name: "Undone" }).waitFor();
    await window.row("Water the plants").waitFor();

    await window.press("Escape");
    await chat.panel.waitFor({ state: "detached" });
    await window.press("c");
    await chat.hasFocus();
    await window.press("ArrowUp");
    expect(await chat.line.inputValue()).not.toBe("");
    await window.press("ArrowUp");
    expect(await chat.line.inputValue()).toBe("delete everything due today");
  }, 120_000);

  test("and its cards are the tasks themselves", async () => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "Water the plants", due: { date: day(0) } });
    const window = await open(person, { path: "/today" });
    const chat = await Chat.byKey(window);
    await chat.say("what is due today?");

    const card = chat.card("Water the plants");
    await card.getByRole("button", { name: "Water the plants", exact: true }).press("Enter");
    const pane = window.page.getByRole("complementary", { name: "Task" });
    await pane.waitFor();
    await expect.poll(() => pane.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await window.press("Escape");
    await expect.poll(() => card.evaluate((element) => element.contains(document.activeElement))).toBe(true);

    await card.getByRole("button", { name: "Date of Water the plants" }).click();
    await window.page.getByRole("dialog").getByRole("button", { name: "Tomorrow" }).click();
    await card.getByText("Tomorrow").waitFor();
    await expect.poll(() => dueOf(person, "water the plants")).toBe(day(1));
    await card.getByRole("checkbox").click();
    await expect.poll(() => person.titles()).toEqual([]);
  });
});

describe("nothing is lost", () => {
  test("of an answer that comes when the chat is closed: a mark leads to it", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const chat = await Chat.byKey(window);
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await window.page.route("**/chat/conversations/*/messages", async (route) => {
      await held;
      await route.continue();
    });
    await window.page.keyboard.type("add buy milk");
    await window.press("Enter");
    await chat.said.getByText("add buy milk").waitFor();
    await window.press("Escape");
    await chat.panel.waitFor({ state: "detached" });
    answer();
    const marked = window.page.getByRole("button", { name: "Chat, with a new answer" });
    await marked.waitFor();
    expect(await window.axe()).toEqual([]);
    await window.screenshot("chat-news");
    await marked.click();
    await chat.card("buy milk").waitFor();
    await window.press("Escape");
    await window.page.getByRole("button", { name: "Chat", exact: true }).waitFor();
  });

  test("of what was said when its answer does not arrive, and nothing is done twice", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const chat = await Chat.byKey(window);
    await window.page.route(
      "**/chat/conversations/*/messages",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await chat.say("add buy milk");
    await expect.poll(async () => (await person.titles()).length).toBe(1);
  });

  test("of what is typed: it is there in each conversation after the page was loaded anew, and without the network", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const chat = await Chat.byKey(window);
    await chat.say("add buy milk");
    await window.page.keyboard.type("and eg");
    await window.page.getByRole("button", { name: "New conversation" }).click();
    await chat.hasFocus();
    await window.page.keyboard.type("something else");

    await window.page.context().setOffline(true);
    await window.page.getByText("You are offline. The chat needs the server").waitFor({ timeout: 40_000 });
    expect([await chat.line.inputValue(), await chat.line.getAttribute("readonly")]).toEqual(["something else", ""]);
    await chat.hasFocus();
    expect(await window.axe()).toEqual([]);
    await window.screenshot("chat-offline");
    await window.page.context().setOffline(false);
    await window.page.getByText("You are offline. The chat needs the server").waitFor({ state: "detached", timeout: 40_000 });

    await window.page.goto(window.page.url());
    await expect.poll(() => chat.line.inputValue()).toBe("something else");
    await window.page.getByRole("button", { name: "Conversations" }).click();
    await window.page.getByRole("button", { name: /^add buy milk/ }).click();
    await expect.poll(() => chat.line.inputValue()).toBe("and eg");
    await chat.answers.first().waitFor();
  }, 120_000);

  test("of the place where somebody reads, while an answer comes", async () => {
    const person = await Person.signUp(browser);
    for (let n = 0; n < 12; n += 1) await person.addTask({ title: `Task ${n}`, due: { date: day(0) } });
    const window = await open(person, { viewport: { width: 1180, height: 560 } });
    const chat = await Chat.byKey(window);
    for (let times = 0; times < 3; times += 1) await chat.say("what is due today?");
    await chat.said.evaluate((element) => (element.scrollTop = 0));
    await window.page.getByRole("button", { name: "To the latest message" }).waitFor();
    expect(await chat.said.evaluate((element) => element.scrollTop)).toBe(0);
    await window.page.getByRole("button", { name: "To the latest message" }).click();
    await expect.poll(() => chat.said.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)).toBeLessThan(4);
    // The list beside it stays where it is.
    expect(await window.page.evaluate(() => scrollY)).toBe(0);
  }, 120_000);
});

describe("conversations", () => {
  test("are a page as well, stay open over screens, and can be deleted", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const chat = await Chat.byKey(window);
    await chat.say("add buy milk");
    await window.press("Escape", "g", "u", "c");
    await chat.answers.first().waitFor();
    await chat.panel.getByRole("button", { name: "Show as a page" }).click();
    await window.page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    await chat.answers.first().waitFor();
    await chat.panel.waitFor({ state: "detached" });
    await window.page.goto(window.page.url());
    await chat.answers.first().waitFor();

    const entry = window.page.getByRole("list", { name: "Conversations" }).getByRole("listitem").filter({ hasText: "add buy milk" });
    await entry.hover();
    await entry.getByRole("button", { name: "Delete “add buy milk”" }).click();
    await window.page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await entry.waitFor({ state: "detached" });
    await expect.poll(() => chat.answers.count()).toBe(0);
    await expect.poll(() => window.page.evaluate(() => document.activeElement !== document.body)).toBe(true);
    expect(await person.titles()).toHaveLength(1);
  });

  test("of one person are not the next one's, and signing out leaves nothing of them", async () => {
    const person = await Person.signUp(browser);
    const window = await open(person);
    const chat = await Chat.byKey(window);
    await window.page.keyboard.type("a secret");
    await window.page.getByRole("button", { name: /^Account of/ }).click();
    await window.page.getByRole("menuitem", { name: "Sign out" }).click();
    await window.page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await window.page.evaluate(() => JSON.stringify(localStorage))).not.toContain("a secret");
    expect(await chat.line.count()).toBe(0);
  });
});

test("what is spoken is written into the line, and never sent by itself", async () => {
  const person = await Person.signUp(browser);
  const window = await open(person, {
    prepare: async (page) => {
      await page.addInitScript(() => {
        /** Hears the same whatever is said. */
        class Recognition {
          onresult: ((event: object) => void) | null = null;
          onend: (() => void) | null = null;
          start() {
            setTimeout(() => this.onresult?.({ results: [[{ transcript: "buy" }]] }), 10);
            setTimeout(() => this.onresult?.({ results: [[{ transcript: "buy milk" }]] }), 20);
            setTimeout(() => this.onend?.(), 30);
          }
          stop() {
            this.onend?.();
          }
          abort() {
            this.onend?.();
          }
        }
        Object.assign(globalThis, { SpeechRecognition: Recognition, webkitSpeechRecognition: Recognition });
      });
    },
  });
  const chat = await Chat.byKey(window);
  await window.page.keyboard.type("add");
  await window.page.getByRole("button", { name: "Speak" }).click();
  await expect.poll(() => chat.line.inputValue()).toBe("add buy milk");
  await window.page.getByRole("button", { name: "Speak" }).waitFor();
  expect(await chat.answers.count()).toBe(0);
});

describe("everybody can use it", () => {
  test.each<[string, Parameters<Person["open"]>[0]]>([
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["forced-colours", { forcedColors: "active" }],
    ["contrast", { contrast: "more" }],
    ["small", { viewport: { width: 1024, height: 768 } }],
  ])("beside a list: %s", async (name, options) => {
    const person = await Person.signUp(browser);
    for (const title of ["Water the plants", "Write the report"]) await person.addTask({ title, due: { date: day(0) } });
    const window = await open(person, { ...options, path: "/today" });
    const chat = await Chat.byKey(window);
    await chat.said.getByRole("button").first().waitFor();
    expect(await window.axe()).toEqual([]);
    await window.screenshot(`chat-empty-${name}`);
    await chat.say("what is due today?");
    await chat.say("delete everything due today");
    expect(await window.axe()).toEqual([]);
    expect(await window.wider()).toBe(0);
    await window.screenshot(`chat-${name}`);
  });

  test.each<[string, WindowOptions]>([
    ["light", phone],
    ["dark", { ...phone, colorScheme: "dark" }],
  ])("as a page of a phone: %s", async (name, options) => {
    const person = await Person.signUp(browser);
    await person.addTask({ title: "Water the plants", due: { date: day(0) } });
    const window = await open(person, { ...options, path: "/today" });
    const chat = new Chat(window);
    await window.page.getByRole("button", { name: "Browse" }).tap();
    await window.page.getByRole("link", { name: "Chat" }).tap();
    await chat.line.tap();
    await chat.say("what is due today?");
    await chat.say("delete everything due today");
    expect(await window.axe("target-size")).toEqual([]);
    expect(await window.wider()).toBe(0);
    await window.screenshot(`chat-phone-${name}`);
    await chat.answered(() => chat.consent.getByRole("button").last().tap());
    expect(await person.titles()).toEqual(["Water the plants"]);
    await chat.card("Water the plants").or(chat.said.locator("[data-task]").first()).first().getByRole("button", { name: "Water the plants", exact: true }).tap();
    await window.page.getByRole("textbox", { name: "Title" }).waitFor();
  });
});

test("where there is no chatbot nothing tells of one", async () => {
  const person = await Person.signUp(browser);
  const window = await open(person, {
    path: "/today",
    prepare: async (page) => {
      await page.route("**/api/v1/chat", (route) => route.fulfill({ status: 404, contentType: "application/problem+json", body: "{}" }));
    },
  });
  await window.page.waitForLoadState("networkidle");
  expect(await window.page.getByRole("button", { name: "Chat", exact: true }).count()).toBe(0);
  await window.press("c");
  await window.press("Control+k");
  await window.page.keyboard.type("ask the chat");
  await window.page.getByText("Nothing fits “ask the chat”").waitFor();
  expect(await new Chat(window).line.count()).toBe(0);
  await window.page.goto(new URL("/chat", window.page.url()).href);
  await window.page.getByRole("heading", { level: 1, name: "There is nothing here" }).waitFor();
});
