import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, type WindowOptions } from "./harness";
import { type Busy, busyPerson } from "./pages";

let browser: Browser;
let busy: Busy;

beforeAll(async () => {
  browser = await launch();
  busy = await busyPerson(browser);
});

afterAll(() => browser.close());

const looks: Record<string, WindowOptions> = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

describe.each(Object.keys(looks))("in %s", (look) => {
  test("every page can be used by everybody, and is no wider than the screen", async () => {
    const window = await busy.person.open({ ...looks[look], path: "/today" });
    const faults: string[] = [];
    const check = async (name: string) => {
      await window.screenshot(`${name}-${look}`);
      faults.push(...(await window.axe()).map((fault) => `${name}: ${fault}`));
      const wider = await window.wider();
      if (wider > 0) faults.push(`${name} is ${wider} px wider than the screen`);
    };
    for (const [name, path] of busy.pages) {
      await window.visit(path);
      await check(name);
    }
    await window.visit("/today");
    await window.open("Write the report");
    await window.page.getByRole("textbox", { name: "Title" }).waitFor();
    await check("task");
    await window.page.context().close();
    expect([...faults, ...window.complaints]).toEqual([]);
  }, 240_000);
});
