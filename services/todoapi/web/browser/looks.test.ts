import type { Page, Route } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { differenceFrom } from "./compare";
import { type Window, type WindowOptions } from "./harness";
import { type Busy, busyPerson } from "./pages";
import { browser, open } from "./stage";

/** The time at which every page is looked at, a Wednesday. */
const now = "2031-03-12T09:00:00+01:00";

let busy: Busy;

beforeAll(async () => {
  busy = await busyPerson(browser, { name: "ada.lovelace", now });
  const { person } = busy;
  const done = await person.addTask({ title: "Book the train", due: { date: "2031-03-12" } });
  const gone = await person.addTask({ title: "Buy a lottery ticket" });
  await person.ask("POST", `/tasks/${done.id}/complete`);
  await person.ask("POST", "/commands", { commands: [{ name: "task.delete", id: gone.id }] });
});

/** Half the size, where there is room for much: words are told from each other by their length then. */
const desktop: WindowOptions = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 0.5 };

const looks: Record<string, WindowOptions & { locale?: string }> = {
  light: desktop,
  dark: { ...desktop, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  german: { ...desktop, locale: "de-DE" },
};

/** Pages that have nothing of their own which others have not, or what no two accounts have alike, are left out. */
const shown = ["today", "inbox", "upcoming", "project", "board", "calendar", "search", "completed", "trash", "dashboard", "settings-general", "settings-appearance", "settings-keys"];

describe.each(Object.keys(looks))("in %s", (look) => {
  test("every page looks as it did when it was last looked at", async () => {
    const { locale = "en-GB", ...options } = looks[look] ?? {};
    await busy.person.ask("POST", "/commands", { commands: [{ name: "settings.update", fields: { locale } }] });
    const window = await open(busy.person, { ...options, reducedMotion: "reduce", serviceWorkers: "block", prepare: freeze, path: "/today" });
    await window.page.locator(`html[lang="${locale.slice(0, 2)}"]`).waitFor();
    const wrong: (string | undefined)[] = [];
    for (const [name, path] of busy.pages.filter(([name]) => shown.includes(name))) {
      await window.visit(path);
      wrong.push(differenceFrom(`${name}-${look}`, await looksOf(window)));
    }
    await window.visit("/today");
    await window.row("Write the report").getByRole("button", { name: "Write the report", exact: true }).click();
    await window.page.getByRole("textbox", { name: /Title|Titel/ }).waitFor();
    await window.page.waitForLoadState("networkidle");
    wrong.push(differenceFrom(`task-${look}`, await looksOf(window)));
    await window.page.context().close();
    expect(wrong.filter((one) => one !== undefined)).toEqual([]);
  }, 240_000);
});

/** The page with all of its letters, when nothing moves on it any more, and without anything that has the pointer or the focus. */
async function looksOf({ page }: Window): Promise<Buffer> {
  await page.mouse.move(0, 0);
  await page.evaluate(async () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    await document.fonts.ready;
  });
  let last: Buffer | undefined;
  for (let tries = 0; tries < 20; tries += 1) {
    const png = await page.screenshot({ animations: "disabled", caret: "hide" });
    if (last?.equals(png)) return png;
    last = png;
    await page.waitForTimeout(100);
  }
  throw new Error("the page does not come to rest");
}

/** Has it be the same time whenever the page is opened, in the page and in what the server has written just now. */
async function freeze(page: Page): Promise<void> {
  await page.clock.setFixedTime(now);
  await page.route("**/api/v1/**", async (route) => {
    if (/\/(login|refresh|logout)$/.test(new URL(route.request().url()).pathname)) return route.continue();
    if (route.request().url().includes("/statistics?")) return route.fulfill({ json: statistics() });
    return fulfilFrozen(route);
  });
}

async function fulfilFrozen(route: Route): Promise<void> {
  const response = await route.fetch();
  const text = await response.text();
  const body = text.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, (instant) => (Math.abs(Date.parse(instant) - Date.now()) < 3_600_000 ? "2031-03-12T07:30:00Z" : instant));
  await route.fulfill({ response, body });
}

/** Some tasks completed on each of the last thirty days. */
function statistics() {
  const days = Array.from({ length: 30 }, (_, n) => ({ day: new Date(Date.parse("2031-02-11") + n * 86_400_000).toISOString().slice(0, 10), completed: (n * 7) % 5 }));
  return { days, projects: [{ projectId: busy.project, completed: 34 }], onTime: 41, late: 9 };
}
