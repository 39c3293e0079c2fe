import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, Person, type WindowOptions } from "./harness";

let browser: Browser;
let person: Person;
let project: string;

beforeAll(async () => {
  browser = await launch();
  person = await Person.signUp(browser);
  const { id } = await person.ask<{ id: string }>("POST", "/projects", { name: "Work", colour: "blue", favourite: true });
  project = id;
  for (const name of ["Doing", "Review"]) await person.ask("POST", "/sections", { projectId: project, name });
  const text = [
    "Write the report today 23:50 #Work p2",
    "  Collect the figures",
    "  Draft the summary",
    "Review the pull request #Work/Doing tomorrow p1",
    "Water the plants every 3 days #Home",
    "Call Ann tomorrow 9am p1 @phone",
    "Pay rent every month on the 1st !1d p1",
    "Read a good book @reading",
    "Plan the trip to Rome friday #Home @travel",
  ].join("\n");
  await person.ask("POST", "/quick-add", { text });
  await person.ask("POST", "/filters", { name: "Urgent", query: "p1 | overdue", colour: "red" });
});

afterAll(() => browser.close());

const looks: Record<string, WindowOptions> = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

describe.each(Object.keys(looks))("in %s", (look) => {
  test("every page can be used by everybody, and is no wider than the screen", async () => {
    const window = await person.open({ ...looks[look], path: "/today" });
    const { page } = window;
    const pages: [name: string, path: string][] = [
      ["today", "/today"],
      ["inbox", "/inbox"],
      ["upcoming", "/upcoming"],
      ["project", `/p/${project}`],
      ["board", `/p/${project}?view=board`],
      ["calendar", `/p/${project}?view=calendar`],
      ["tag", "/tag/phone"],
      ["search", "/search?q=re"],
      ["completed", "/completed"],
      ["trash", "/trash"],
      ["dashboard", "/dashboard"],
      ["activity", "/activity"],
      ...["account", "general", "appearance", "keys", "notifications", "sessions", "tokens", "webhooks", "calendar", "import", "export", "storage"].map(
        (section): [string, string] => [`settings-${section}`, `/settings/${section}`],
      ),
    ];
    const faults: string[] = [];
    for (const [name, path] of pages) {
      await page.goto(new URL(path, page.url()).href);
      await page.getByRole("main").waitFor();
      await page.waitForLoadState("networkidle").catch(() => undefined);
      await window.screenshot(`${name}-${look}`);
      faults.push(...(await window.axe()).map((fault) => `${name}: ${fault}`));
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wider > 0) faults.push(`${name} is ${wider} px wider than the screen`);
    }
    await page.goto(new URL("/today", page.url()).href);
    await window.row("Write the report").getByRole("button", { name: "Write the report", exact: true }).click();
    await page.getByRole("textbox", { name: "Title" }).waitFor();
    await window.screenshot(`task-${look}`);
    faults.push(...(await window.axe()).map((fault) => `task: ${fault}`));
    await page.context().close();
    expect([...faults, ...window.complaints]).toEqual([]);
  }, 240_000);
});
