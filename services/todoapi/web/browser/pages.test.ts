import { beforeAll, describe, expect, test } from "vitest";
import { type WindowOptions } from "./harness";
import { type Busy, busyPerson } from "./pages";
import { browser, open } from "./stage";

let busy: Busy;

beforeAll(async () => {
  busy = await busyPerson(browser);
});

const looks: Record<string, WindowOptions> = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

describe.each(Object.keys(looks))("in %s", (look) => {
  test("every page can be used by everybody, and is no wider than the screen", async () => {
    const window = await open(busy.person, { ...looks[look], path: "/today" });
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
    expect(faults).toEqual([]);
  }, 240_000);
});
