import type { Locator, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Window, type WindowOptions } from "./harness";
import { type Busy, busyPerson } from "./pages";
import { browser, open } from "./stage";

let busy: Busy;

beforeAll(async () => {
  busy = await busyPerson(browser);
});

const desktop: WindowOptions = { viewport: { width: 1440, height: 900 } };
const phone: WindowOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

function show(options: WindowOptions & { path?: string }): Promise<Window> {
  return open(busy.person, { path: "/today", ...options });
}

/** Has the page run from right to left, as if its words were Arabic. The build takes that, too, from the language. */
async function fromRightToLeft(page: Page): Promise<void> {
  await page.addInitScript(() => {
    for (const [name, value] of [["dir", "rtl"], ["lang", "ar"]] as const) Object.defineProperty(HTMLElement.prototype, name, { get: () => value, set: () => undefined });
    new MutationObserver((_, observer) => {
      document.documentElement.setAttribute("dir", "rtl");
      document.documentElement.setAttribute("lang", "ar");
      observer.disconnect();
    }).observe(document, { childList: true });
  });
}

async function middleOf(locator: Locator): Promise<number> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not on the screen");
  return box.x + box.width / 2;
}

describe("from right to left", () => {
  test.each([
    ["desktop", desktop],
    ["phone", phone],
  ])("no page is wider than the screen: %s", async (name, options) => {
    const window = await show({ ...options, prepare: fromRightToLeft });
    const wider: string[] = [];
    for (const [page, path] of busy.pages) {
      await window.visit(path);
      if ((await window.wider()) > 0) wider.push(page);
      if (["today", "board", "settings-general", "dashboard"].includes(page)) await window.screenshot(`rtl-${page}-${name}`);
    }
    expect(wider).toEqual([]);
  }, 240_000);

  test("the sidebar is at the right, the task at the left, and arrows point the other way", async () => {
    const window = await show({ ...desktop, prepare: fromRightToLeft });
    const { page } = window;
    const pane = await window.open("Write the report");
    await pane.getByRole("textbox", { name: "Title" }).waitFor();
    await window.screenshot("rtl-task-desktop");
    const main = await middleOf(page.getByRole("main"));
    expect(await middleOf(page.getByRole("navigation", { name: "Main" }))).toBeGreaterThan(main);
    expect(await middleOf(pane)).toBeLessThan(main);
    const row = window.row("Write the report");
    expect(await middleOf(row.getByRole("checkbox"))).toBeGreaterThan(await middleOf(row));

    await page.goto(new URL("/upcoming", page.url()).href);
    const [earlier, later] = [page.getByRole("button", { name: "Earlier days" }), page.getByRole("button", { name: "Later days" })];
    expect(await middleOf(earlier)).toBeGreaterThan(await middleOf(later));
    for (const button of [earlier, later]) expect(await button.locator("svg").evaluate((icon) => getComputedStyle(icon).scale)).toBe("-1 1");
  });

  test("a menu behind another opens to the left, and the drawer comes from the right", async () => {
    const window = await show({ ...desktop, prepare: fromRightToLeft });
    const { page } = window;
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Colour" }).hover();
    const red = page.getByRole("menuitemradio", { name: "Red" });
    await red.waitFor();
    expect(await middleOf(red)).toBeLessThan(await middleOf(page.getByRole("menuitem", { name: "Colour" })));

    const small = await show({ ...phone, prepare: fromRightToLeft });
    await small.page.getByRole("button", { name: "Browse" }).tap();
    const drawer = small.page.getByRole("dialog", { name: "Browse" });
    await expect.poll(async () => (await drawer.boundingBox())?.x).toBe(390 - 304);
    await small.screenshot("rtl-browse-phone");
  });
});

/** Whether something looks different soon after something was done. */
async function changes(what: Locator, act: () => Promise<unknown>): Promise<boolean> {
  const look = () => what.screenshot({ animations: "disabled", caret: "hide" });
  const before = await look();
  await act();
  return expect.poll(async () => before.equals(await look())).toBe(false).then(() => true, () => false);
}

describe("with the colours of the system alone", () => {
  test("the focus, what is chosen, what is on and how urgent it is are seen", async () => {
    const window = await show({ ...desktop, forcedColors: "active", reducedMotion: "reduce", path: "/inbox" });
    const { page } = window;
    const row = window.row("Read a good book");
    await row.waitFor();
    await window.screenshot("forced-inbox");
    const seen: Record<string, boolean> = {};
    const call = window.row("Call Ann");
    seen["the cursor"] = await changes(call, async () => {
      await window.press("j");
      while (!(await call.evaluate((line) => line.contains(document.activeElement)))) await window.press("j");
    });
    seen["what is chosen"] = await changes(row, () => row.getByRole("button", { name: "Read a good book" }).click({ modifiers: ["Control"] }));
    await window.press("Escape");
    seen["the priority"] = !(await call.getByRole("checkbox").screenshot()).equals(await row.getByRole("checkbox").screenshot());

    const nav = page.getByRole("navigation", { name: "Main" });
    seen["the place"] = await changes(nav.getByRole("link", { name: /Upcoming/ }), () => nav.getByRole("link", { name: /Upcoming/ }).click());
    await nav.getByRole("link", { name: "Home" }).click({ button: "right" });
    await page.getByRole("menu").waitFor();
    seen["the entry of a menu"] = await changes(page.getByRole("menuitem", { name: "Edit" }), () => window.press("ArrowDown"));
    await window.screenshot("forced-menu");
    await window.press("Escape", "Control+k");
    await page.getByRole("option").nth(1).waitFor();
    seen["the entry of the palette"] = await changes(page.getByRole("option").nth(1), () => window.press("ArrowDown"));
    await window.press("Escape");

    await page.goto(new URL("/settings/appearance", page.url()).href);
    const dark = page.locator("label").filter({ hasText: "Dark" });
    seen["one of several pictures"] = await changes(dark, () => dark.click());
    await page.getByRole("radio", { name: "Dark" }).blur();
    const compact = page.getByRole("radio", { name: "Compact" });
    seen["one of several"] = await changes(compact, () => compact.click());
    await page.goto(new URL("/settings/keys", page.url()).href);
    const single = page.getByRole("switch").first();
    seen["what is switched on"] = await changes(single, () => single.click());
    await window.screenshot("forced-keys");
    expect(Object.entries(seen).filter(([, is]) => !is)).toEqual([]);
  });
});

describe("with more contrast", () => {
  test.each(["light", "dark"] as const)("all words stand out seven to one: %s", async (colorScheme) => {
    const window = await show({ ...desktop, contrast: "more", colorScheme });
    const faults: string[] = [];
    for (const [name, path] of busy.pages.filter(([name]) => ["today", "upcoming", "board", "search", "dashboard", "settings-general"].includes(name))) {
      await window.visit(path);
      faults.push(...(await window.axe("color-contrast-enhanced")).map((fault) => `${name}: ${fault}`));
    }
    expect(faults).toEqual([]);
  }, 120_000);
});

describe("with less motion", () => {
  test("nothing moves: not the drawer, the menus, the task, nor what is completed", async () => {
    const window = await show({ ...phone, reducedMotion: "reduce" });
    const { page } = window;
    const long = () => page.evaluate(() => document.getAnimations().map((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0)).filter((ms) => ms > 1));
    const moving: [string, number[]][] = [];
    const after = async (name: string, act: () => Promise<unknown>) => {
      await act();
      moving.push([name, await long()]);
    };
    await after("the drawer", () => page.getByRole("button", { name: "Browse" }).tap());
    await after("a menu", () => page.getByRole("button", { name: /Account of/ }).tap());
    await window.press("Escape", "Escape");
    await after("the task", () => window.row("Write the report").getByRole("button", { name: "Write the report", exact: true }).tap());
    expect(moving.filter(([, durations]) => durations.length > 0)).toEqual([]);
  });
});
