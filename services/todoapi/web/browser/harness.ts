import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page, type Worker } from "playwright-core";
import type { TaskFields } from "../src/api/types";

/** Where the platform under test answers: BASE_URL of whoever runs the tests. */
export const baseURL = process.env.PLATFORM_URL ?? "";

export const screenshots = process.env.SCREENSHOTS ?? join(import.meta.dirname, "screenshots");

export interface Credentials {
  email: string;
  password: string;
}

let made = 0;

/** An account that no other test has. The page shows the name, where one is given. */
export function newCredentials(name?: string): Credentials {
  made += 1;
  const unique = `browser-${Date.now()}-${made}`;
  return { email: name === undefined ? `${unique}@example.org` : `${name}@${unique}.example.org`, password: "correct horse battery" };
}

export interface PersonOptions {
  /** What stands before the @ of their address. */
  name?: string;
}

/** A person in front of a browser: their windows, and a program of theirs that speaks to the API. */
export class Person {
  private constructor(
    private readonly browser: Browser,
    readonly credentials: Credentials,
    readonly token: string,
  ) {}

  static async signUp(browser: Browser, { name }: PersonOptions = {}): Promise<Person> {
    const credentials = newCredentials(name);
    const { accessToken } = await post<{ accessToken: string }>("/api/v1/auth/sign-up", { ...credentials, zone: "Europe/Berlin" });
    return new Person(browser, credentials, accessToken);
  }

  /** Opens a signed-in window of its own device at a screen and waits until it is live. */
  async open({ path = "/inbox", ...options }: WindowOptions & { path?: string } = {}): Promise<Window> {
    const window = await Window.open(this.browser, options);
    await this.signIn(window);
    await window.page.goto(baseURL + path);
    await window.live();
    return window;
  }

  /** Gives a window that has loaded nothing yet the cookie of a session. */
  async signIn({ page }: Window): Promise<void> {
    const response = await page.request.post(`${baseURL}/api/v1/auth/login`, { data: this.credentials });
    if (!response.ok()) throw new Error(`sign in: ${response.status()} ${await response.text()}`);
  }

  /** Does something as another program would. */
  async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { Authorization: `Bearer ${this.token}`, ...(body !== undefined && { "Content-Type": "application/json" }) };
    return ask(`/api/v1${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  /** The titles of the open tasks that the server has, in the order of the alphabet. */
  async titles(): Promise<string[]> {
    const { items } = await get<{ items: { title: string }[] }>("/api/v1/tasks?limit=100", this.token);
    return items.map(({ title }) => title).sort();
  }

  /** Adds a task as another program would. */
  addTask(fields: Partial<TaskFields> & { title: string }): Promise<{ id: string }> {
    return post("/api/v1/tasks", fields, this.token);
  }
}

function post<Answer>(path: string, body: unknown, token?: string): Promise<Answer> {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

function get<Answer>(path: string, token: string): Promise<Answer> {
  return ask(path, { headers: { Authorization: `Bearer ${token}` } });
}

async function ask<Answer>(path: string, request: RequestInit): Promise<Answer> {
  const response = await fetch(baseURL + path, { ...request, signal: AbortSignal.timeout(15_000) });
  if (!response.ok) throw new Error(`${request.method ?? "GET"} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

export interface WindowOptions
  extends Pick<BrowserContextOptions, "colorScheme" | "contrast" | "deviceScaleFactor" | "forcedColors" | "hasTouch" | "isMobile" | "reducedMotion" | "serviceWorkers" | "viewport"> {
  /** Prepares the page before it loads anything. */
  prepare?: (page: Page) => Promise<void>;
}

/** What a person sees and does in one window. Selectors are roles and names, as a screen reader has them. */
export class Window {
  /** What the page complained about: defects, and what the content security policy blocked. */
  readonly complaints: string[] = [];
  /** How many WebSockets and streams for live changes it has opened. */
  sockets = 0;
  streams = 0;

  private constructor(readonly page: Page) {
    page.on("websocket", (socket) => {
      if (socket.url().includes("/realtime/")) this.sockets += 1;
    });
    page.on("request", (request) => {
      if (request.url().endsWith("/realtime/v1/events")) this.streams += 1;
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      // Chromium logs refused requests by itself: they are answers, not defects.
      const refused = /Failed to load resource: .* status of 4\d\d/.test(message.text());
      if (message.type() === "error" && !refused) this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, { prepare, ...options }: WindowOptions = {}): Promise<Window> {
    const context = await browser.newContext({ viewport: { width: 1180, height: 820 }, timezoneId: "Europe/Berlin", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await prepare?.(page);
    return new Window(page);
  }

  /** Opens another tab of the same browser at the same screen. */
  async another(): Promise<Window> {
    const page = await this.page.context().newPage();
    page.setDefaultTimeout(15_000);
    const window = new Window(page);
    await page.goto(this.page.url());
    return window;
  }

  /** Waits until every change of the platform arrives here. */
  live(): Promise<void> {
    return this.page.locator('[data-connection="live"]').waitFor({ state: "attached" });
  }

  /** A task in the list on the screen. */
  row(title: string): Locator {
    return this.page.getByRole("main").getByRole("listitem").filter({ hasText: title });
  }

  /** Waits until a group of the list shows a task. */
  async sees(title: string, group: string): Promise<void> {
    await this.page.getByRole("main").getByRole("region", { name: group, exact: true }).getByRole("listitem").filter({ hasText: title }).waitFor();
  }

  async missesOpen(title: string): Promise<void> {
    await this.row(title).first().waitFor({ state: "detached" }); // the first of those that are left
  }

  /** The line in which tasks are typed, once it is open. */
  get line(): Locator {
    return this.page.getByRole("textbox", { name: "New task" }).or(this.page.getByRole("combobox", { name: "New task" }));
  }

  /** Types a line without adding it. */
  async type(line: string): Promise<void> {
    await this.page.keyboard.press("q");
    await this.line.fill(line);
  }

  /** Adds a task by the line that opens everywhere. */
  async add(line: string): Promise<void> {
    await this.type(line);
    await this.line.press("Enter");
    await this.page.keyboard.press("Escape");
    await this.line.waitFor({ state: "detached" });
  }

  async toggle(title: string): Promise<void> {
    await this.row(title).getByRole("checkbox", { name: `Complete ${title}` }).click();
  }

  /** Opens a task beside the list. */
  async open(title: string): Promise<Locator> {
    await this.row(title).getByRole("button", { name: title, exact: true }).click();
    return this.page.getByRole("complementary", { name: "Task" });
  }

  /** Presses keys one after the other, as somebody types them. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Goes to something with the Tab key, as somebody does who has no pointer. */
  async tabTo(what: Locator): Promise<void> {
    await what.waitFor();
    for (let steps = 0; steps < 80; steps += 1) {
      if (await what.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error("the Tab key does not lead there");
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), animations: "disabled" });
  }

  /** What is on screen, for who looks for the cause of a failure. */
  async describe(): Promise<string> {
    const text = await this.page.innerText("body").catch(String);
    const connection = await this.page.locator("[data-connection]").first().getAttribute("data-connection", { timeout: 1_000 }).catch(() => "none");
    return `${this.page.url()} (connection: ${connection}, sockets: ${this.sockets}, streams: ${this.streams}) shows:\n${text.slice(0, 1_500)}`;
  }

  /** Shows a page as somebody sees it who has waited for it. */
  async visit(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.page.url()).href);
    await this.page.getByRole("main").waitFor();
    await this.page.waitForLoadState("networkidle").catch(() => undefined);
  }

  /** By how many pixels the page is wider than the screen. */
  wider(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  /** Waits until nothing moves or fades that comes to an end: colours in between are nobody's choice. */
  async still(): Promise<void> {
    await this.page.waitForFunction(() =>
      document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect?.getTiming().iterations === Infinity),
    );
  }

  /** Runs axe-core over what is on screen, with rules beside its own, and returns one line for each violation. */
  async axe(...rules: string[]): Promise<string[]> {
    await this.still();
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async (more) => {
      const enabled = Object.fromEntries(more.map((rule) => [rule, { enabled: true }]));
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"], rules: enabled });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
    }, rules);
  }
}

declare global {
  interface Window {
    axe: typeof import("axe-core");
  }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The service worker of a page, which the browser stops when it has nothing to do. */
export async function serviceWorkerOf(page: Page): Promise<Worker> {
  const context = page.context();
  const started = context.waitForEvent("serviceworker").catch(() => undefined);
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.postMessage("wake"));
  const worker = context.serviceWorkers()[0] ?? (await started);
  if (!worker) throw new Error("the page has no service worker");
  return worker;
}

/** Starts Debian's Chromium without the services that would look for hosts on the internet. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
