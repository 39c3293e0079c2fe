import type { CDPSession, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { baseURL, Person, Window } from "./harness";
import { browser, openSignedOut } from "./stage";

/*
 * What the page may cost somebody with 10,000 tasks. Time is that of the processor, which the page's
 * main thread used: what a budget allows is what the app may do, and a busy server does not break it.
 * The network is left out by that; how much must come over it before the first list is held by the
 * build (vite.config.ts). Of several rounds the least counts: whatever disturbs the machine adds to
 * them. What the machine does to all of them, slow or shared as it may be, is told by work that is
 * always the same, and is taken off.
 */

const tasks = 10_000;

/** Milliseconds of processor time, pieces, and megabytes. A first start has 2.5 seconds on a device that is four times slower. */
const budgets = { cold: 2_500 / 4, warm: 500, key: 50, frame: 8, scroll: 100, elements: 3_000, heap: 120 };

/** What the work that is always the same takes on the machine of which the budgets tell, in ms. */
const sameWorkMs = 120;

let person: Person;

beforeAll(async () => {
  person = await Person.signUp(browser);
  await fill(person);
}, 400_000);

/** Brings in the tasks, as fast as changes are let in. */
async function fill(person: Person): Promise<void> {
  const projects = Array.from({ length: 10 }, (_, n) => ({ id: `p${n}`, name: `Project ${n}` }));
  const day = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
  const listed = Array.from({ length: tasks }, (_, n) => ({
    id: `t${n}`,
    title: `Task ${String(n).padStart(5, "0")} of those that somebody wrote down`,
    priority: 1 + (n % 4),
    ...(n % 2 === 1 && { projectId: `p${n % 10}` }),
    ...(n % 3 === 0 && { due: { date: day((n % 60) - 5) } }),
    ...(n % 10 === 0 && { notes: "A line of notes.", tags: ["home"] }),
  }));
  const { id } = await person.ask<{ id: string }>("POST", "/imports?each=true", { format: "todoplatform", version: 1, projects, tags: [{ name: "home" }], tasks: listed });
  const state = async () => (await person.ask<{ state: string }>("GET", `/imports/${id}`)).state;
  for (let now = await state(); now !== "done"; now = await state()) {
    if (now === "failed") throw new Error("the tasks could not be brought in");
    await new Promise((resume) => setTimeout(resume, 2_000));
  }
}

/** A window whose main thread is measured. */
class Measured {
  private constructor(
    readonly window: Window,
    readonly page: Page,
    private readonly protocol: CDPSession,
  ) {}

  static async open(): Promise<Measured> {
    const prepare = (page: Page) => page.context().addInitScript(watchFirstRow).then(() => undefined);
    const window = await openSignedOut({ prepare });
    await person.signIn(window);
    return Measured.of(window, window.page);
  }

  /** Closes the page and opens another in the same browser, whose counts begin anew. */
  async again(): Promise<Measured> {
    const page = await this.page.context().newPage();
    await this.page.close();
    return Measured.of(this.window, page);
  }

  private static async of(window: Window, page: Page): Promise<Measured> {
    const protocol = await page.context().newCDPSession(page);
    await protocol.send("Performance.enable", { timeDomain: "threadTicks" });
    await protocol.send("Debugger.enable");
    return new Measured(window, page, protocol);
  }

  /** A window that does the same work whenever it is asked to. */
  static async yardstick(): Promise<Measured> {
    const window = await openSignedOut();
    return Measured.of(window, window.page);
  }

  /** Loads the page, once, and returns what it took until the first row was drawn, in ms. */
  async start(): Promise<number> {
    const drawn = new Promise((done) => this.protocol.once("Debugger.paused", done));
    await this.page.goto(`${baseURL}/inbox`, { waitUntil: "commit" });
    // The page stands still by then: what it does next is not counted.
    await drawn;
    const cost = await this.used();
    await this.protocol.send("Debugger.resume");
    return cost;
  }

  /** What doing something took, until it was drawn and nothing was left to do, in ms. */
  async cost(work: () => Promise<unknown>): Promise<number> {
    const before = await this.used();
    await work();
    await this.page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 5_000 })));
    return (await this.used()) - before;
  }

  /** What of that was the app's: its code, and the styles and the layout that this asks for. */
  async ownCost(work: () => Promise<unknown>): Promise<number> {
    const own = async () => 1_000 * (await this.metric("ScriptDuration", "RecalcStyleDuration", "LayoutDuration"));
    const before = await own();
    await this.cost(work);
    return (await own()) - before;
  }

  /** The processor time of the main thread so far, in ms. */
  private async used(): Promise<number> {
    return 1_000 * (await this.metric("TaskDuration"));
  }

  async heap(): Promise<number> {
    await this.protocol.send("HeapProfiler.collectGarbage");
    return (await this.metric("JSHeapUsedSize")) / 2 ** 20;
  }

  /** The sum of some metrics; those of time are in seconds. */
  private async metric(...names: string[]): Promise<number> {
    const { metrics } = await this.protocol.send("Performance.getMetrics");
    const found = metrics.filter(({ name }) => names.includes(name));
    if (found.length !== names.length) throw new Error(`the browser does not measure ${names.join(", ")}`);
    return found.reduce((sum, { value }) => sum + value, 0);
  }

  elements(): Promise<number> {
    return this.page.evaluate(() => document.getElementsByTagName("*").length);
  }
}

/** In the page: what an app does, too. It reads, sorts, writes a list and lays it out. */
function sameWork(): void {
  const kept = JSON.stringify(Array.from({ length: 10_000 }, (_, n) => ({ id: `t${n}`, title: `Task ${(n * 7919) % 10_000}`, tags: ["home"] })));
  const read = (JSON.parse(kept) as { id: string; title: string }[]).sort((one, other) => one.title.localeCompare(other.title));
  const list = document.createElement("ul");
  for (const { id, title } of read.slice(0, 2_000)) {
    const row = document.createElement("li");
    row.dataset.id = id;
    row.append(document.createElement("button"), document.createTextNode(title));
    list.append(row);
  }
  document.body.replaceChildren(list);
  list.getBoundingClientRect();
}

/** In the page: stops it when the first task has been drawn. */
function watchFirstRow(): void {
  const observer = new MutationObserver(() => {
    if (!document.querySelector("[data-task]")) return;
    observer.disconnect();
    // A message comes after the picture that is being made.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        // eslint-disable-next-line no-debugger -- the test has it stop here
        debugger;
      };
      port2.postMessage(null);
    });
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** Says what was measured, for who watches how much is left, and holds it. */
function hold(what: keyof typeof budgets, value: number): void {
  process.stdout.write(`${what}: ${value.toFixed(1)} of ${budgets[what]}\n`);
  expect(value, what).toBeLessThanOrEqual(budgets[what]);
}

/** What something takes, in ms, on the machine of which the budgets tell. */
async function leastOf(rounds: number, measure: () => Promise<number>): Promise<number> {
  const yardstick = await Measured.yardstick();
  let [least, same] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round += 1) {
    same = Math.min(same, await yardstick.cost(() => yardstick.page.evaluate(sameWork)));
    least = Math.min(least, await measure());
  }
  process.stdout.write(`${least.toFixed(1)} ms here, where the same work takes ${same.toFixed(1)} ms\n`);
  return (least * sameWorkMs) / same;
}

test("a first start, until the first task is drawn", { timeout: 300_000 }, async () => {
  const cost = await leastOf(5, async () => {
    const measured = await Measured.open();
    const round = await measured.start();
    await measured.page.context().close();
    return round;
  });
  hold("cold", cost);
});

test("a start from what the browser has kept, until the first task is drawn", { timeout: 120_000 }, async () => {
  let measured = await Measured.open();
  await measured.start();
  await kept(measured.page);
  const cost = await leastOf(5, async () => {
    measured = await measured.again();
    return measured.start();
  });
  hold("warm", cost);
});

test("a key that is pressed, until what it does is drawn", { timeout: 120_000 }, async () => {
  const measured = await live();
  const { window, page } = measured;
  const steps = await leastOf(5, () => measured.cost(() => window.press(...Array.from({ length: 20 }, () => "j"))));
  await window.type("");
  await window.line.waitFor();
  const letters = await leastOf(5, () => measured.cost(() => page.keyboard.type("Call the dentist now")));
  hold("key", Math.max(steps, letters) / 20);
});

test("a change that comes by the socket, until it is drawn", { timeout: 120_000 }, async () => {
  const measured = await live();
  const changes = 20;
  const inbox = measured.page.getByRole("navigation").getByRole("link", { name: "Inbox" });
  let known = Number(/[\d,]+/.exec(await inbox.innerText())?.[0].replace(",", ""));
  const cost = await leastOf(5, () =>
    measured.ownCost(async () => {
      for (let n = 0; n < changes; n += 1) await person.addTask({ title: `From elsewhere ${n}` });
      known += changes;
      await inbox.filter({ hasText: known.toLocaleString("en") }).waitFor();
    }),
  );
  hold("frame", cost / changes);
});

test("scrolling, the pieces on the screen and what the page holds", { timeout: 180_000 }, async () => {
  const measured = await live();
  const { page } = measured;
  const jump = (share: number) => () => page.evaluate((to) => window.scrollTo(0, to * document.body.scrollHeight), share);
  // All that a jump took is more than its longest task.
  const jumps = await leastOf(5, async () => Math.max(await measured.cost(jump(1)), await measured.cost(jump(0.5)), await measured.cost(jump(0))));
  const turns = await leastOf(5, async () => Math.max(await measured.cost(() => page.mouse.wheel(0, 900)), await measured.cost(() => page.mouse.wheel(0, 3_000))));
  hold("elements", await measured.elements());
  hold("scroll", Math.max(jumps, turns));
  hold("heap", await measured.heap());
});

/** A window in which nothing is under way any more. */
async function live(): Promise<Measured> {
  const measured = await Measured.open();
  await measured.start();
  await measured.window.live();
  await kept(measured.page);
  await measured.cost(() => measured.page.waitForTimeout(1_000));
  return measured;
}

/** Waits until the browser has kept everything: the place in the feed is written with the last of it. */
function kept(page: Page): Promise<unknown> {
  return page.waitForFunction(
    async () => {
      const [database] = (await indexedDB.databases()).filter(({ name }) => name?.startsWith("todoplatform-"));
      if (database?.name === undefined) return false;
      const opened = await new Promise<IDBDatabase>((done, failed) => {
        const request = indexedDB.open(database.name ?? "");
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error ?? new Error("not opened"));
      });
      const count = await new Promise<number>((done) => {
        const request = opened.transaction("entities").objectStore("entities").count();
        request.onsuccess = () => done(request.result);
      });
      opened.close();
      return count >= 10_000;
    },
    undefined,
    { polling: 500, timeout: 60_000 },
  );
}
