import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { Person } from "./harness";
import { browser, open } from "./stage";

interface Project {
  name: string;
  parentId: string | null;
}

/** The projects that the server has, each as "parent/name", in their order. */
async function projectsOf(person: Person): Promise<string[]> {
  const { projects } = await person.ask<{ projects: (Project & { id: string })[] }>("GET", "/projects");
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  return projects.map(({ name, parentId }) => (parentId === null ? name : `${names.get(parentId) ?? ""}/${name}`));
}

async function withProjects(...names: string[]): Promise<{ person: Person; ids: string[] }> {
  const person = await Person.signUp(browser);
  const ids: string[] = [];
  for (const name of names) ids.push((await person.ask<{ id: string }>("POST", "/projects", { name, colour: "blue" })).id);
  return { person, ids };
}

/** Lets go of something on a part of something else, as a hand does it. */
async function drag(what: Locator, on: Locator, part = 0.5): Promise<void> {
  const box = await on.boundingBox();
  await what.dragTo(on, { targetPosition: { x: 80, y: (box?.height ?? 0) * part } });
}

describe("the menu of a place", () => {
  test("is opened by its button, the other button of the mouse, and the keyboard, and changes the place", async () => {
    const { person } = await withProjects("House");
    const window = await open(person);
    const { page } = window;
    const nav = page.getByRole("navigation", { name: "Main" });
    const row = nav.getByRole("link", { name: "House" });

    await row.hover();
    await nav.getByRole("button", { name: "More for House" }).click();
    await page.getByRole("menuitem", { name: "Colour" }).hover();
    await page.getByRole("menuitemradio", { name: "Red" }).click();
    await expect.poll(async () => (await person.ask<{ projects: { colour: string }[] }>("GET", "/projects")).projects[0]?.colour).toBe("red");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(async () => (await person.ask<{ projects: { colour: string }[] }>("GET", "/projects")).projects[0]?.colour).toBe("blue");

    await row.click({ button: "right" });
    await page.getByRole("menuitem", { name: "Add a project inside" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Garden");
    await window.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Garden" }).waitFor();
    await expect.poll(() => projectsOf(person)).toEqual(["House", "House/Garden"]);

    await row.focus();
    await window.press(".");
    await page.getByRole("menuitem", { name: "Add a section" }).click();
    await page.getByRole("textbox", { name: "Name of the section" }).fill("Roof");
    await window.press("Enter");
    await page.getByRole("heading", { level: 1, name: "House" }).waitFor();
    await page.getByRole("heading", { level: 2, name: "Roof" }).waitFor();

    await row.focus();
    await window.press(".", "Escape");
    await expect.poll(() => row.evaluate((link) => link.closest("[data-kind]")?.contains(document.activeElement))).toBe(true);
    await row.focus();
    await window.press(".");
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await row.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).last().click();
    await row.waitFor();
  });

  test("is opened by a finger that rests on it, without going there", async () => {
    const { person } = await withProjects("House");
    const window = await open(person, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const { page } = window;
    await page.getByRole("button", { name: "Browse" }).tap();
    const row = page.getByRole("dialog").getByRole("link", { name: "House" });
    await page.waitForTimeout(400); // until the drawer lies still
    const box = await row.boundingBox();
    const touch = await page.context().newCDPSession(page);
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: (box?.x ?? 0) + 60, y: (box?.y ?? 0) + 20 }] });
    await page.getByRole("menuitem", { name: "Edit" }).waitFor();
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await window.screenshot("sidebar-menu-phone");
    await page.getByRole("menuitem", { name: "Edit" }).tap();
    await page.getByRole("textbox", { name: "Name" }).fill("Home");
    await page.getByRole("button", { name: "Save" }).tap();
    await expect.poll(() => projectsOf(person)).toEqual(["Home"]);
    await page.getByRole("heading", { level: 1, name: "Inbox", includeHidden: true }).waitFor();
  });

  test("moves filters, and deletes a tag that is looked at", async () => {
    const person = await Person.signUp(browser);
    for (const name of ["First", "Second"]) await person.ask("POST", "/filters", { name, query: "today" });
    await person.addTask({ title: "Call Ann", tags: ["phone"] });
    const window = await open(person, { path: "/tag/phone" });
    const { page } = window;
    const nav = page.getByRole("navigation", { name: "Main" });
    await nav.getByRole("link", { name: "Second" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Move up" }).click();
    await expect.poll(() => nav.getByRole("link", { name: /First|Second/ }).allInnerTexts()).toEqual(["Second", "First"]);
    await nav.getByRole("link", { name: /phone/ }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  });
});

describe("tasks", () => {
  test("are let go on a project, a tag, today and the inbox, each with a way back", async () => {
    const { person } = await withProjects("House");
    await person.addTask({ title: "Paint the door" });
    await person.addTask({ title: "Call Ann", tags: ["phone"] });
    const window = await open(person);
    const { page } = window;
    const nav = page.getByRole("navigation", { name: "Main" });
    const task = async () => {
      const { items } = await person.ask<{ items: { title: string; projectId: string | null; tags: string[]; due: { date: string } | null }[] }>("GET", "/tasks?limit=10");
      return items.find(({ title }) => title === "Paint the door");
    };

    await drag(window.row("Paint the door"), nav.getByRole("link", { name: /phone/ }));
    await expect.poll(async () => (await task())?.tags).toEqual(["phone"]);
    await drag(window.row("Paint the door"), nav.getByRole("link", { name: /Today/ }));
    await expect.poll(async () => (await task())?.due).not.toBeNull();
    await drag(window.row("Paint the door"), nav.getByRole("link", { name: "House" }));
    await window.missesOpen("Paint the door");
    await expect.poll(async () => (await task())?.projectId).not.toBeNull();
    await page.getByRole("button", { name: "Undo" }).last().click();
    await window.row("Paint the door").waitFor();

    await nav.getByRole("link", { name: /Today/ }).click();
    await window.row("Paint the door").waitFor();
    await drag(window.row("Paint the door"), nav.getByRole("link", { name: "House" }));
    await expect.poll(async () => (await task())?.projectId).not.toBeNull();
    await drag(window.row("Paint the door"), nav.getByRole("link", { name: /Inbox/ }));
    await expect.poll(async () => (await task())?.projectId).toBeNull();
  });

  test("are shown where they would go", async () => {
    const { person } = await withProjects("House");
    await person.addTask({ title: "Paint the door" });
    const window = await open(person);
    const { page } = window;
    const target = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "House" });
    const before = await target.evaluate((link) => getComputedStyle(link.closest("[data-kind]") ?? link).outlineStyle);
    await window.row("Paint the door").hover();
    await page.mouse.down();
    const box = await target.boundingBox();
    const [x, y] = [(box?.x ?? 0) + 80, (box?.y ?? 0) + 10];
    await page.mouse.move(x, y, { steps: 5 });
    let moves = 0;
    const outline = async () => {
      await page.mouse.move(x + (moves++ % 2), y); // a hand trembles, and what is dragged is told of moves alone
      return target.evaluate((link) => getComputedStyle(link.closest("[data-kind]") ?? link).outlineStyle);
    };
    await expect.poll(outline).not.toBe(before);
    await window.screenshot("sidebar-drop");
    await page.mouse.up();
  });
});

describe("projects", () => {
  test("are dragged before and into each other, and back", async () => {
    const { person } = await withProjects("One", "Two", "Three");
    const window = await open(person);
    const { page } = window;
    const nav = page.getByRole("navigation", { name: "Main" });
    const row = (name: string) => nav.getByRole("link", { name, exact: true });
    await drag(row("Three"), row("One"), 0.1);
    await expect.poll(() => projectsOf(person)).toEqual(["Three", "One", "Two"]);
    await drag(row("Two"), row("Three"));
    await expect.poll(async () => (await projectsOf(person)).sort()).toEqual(["One", "Three", "Three/Two"]);
    await page.getByRole("button", { name: "Undo" }).last().click();
    await expect.poll(() => projectsOf(person)).toEqual(["Three", "One", "Two"]);
  });

  test("are moved and nested by the keyboard, which stays where it was", async () => {
    const { person } = await withProjects("One", "Two", "Three");
    const window = await open(person);
    const { page } = window;
    const row = (name: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true });
    const focused = (name: string) => expect.poll(() => row(name).evaluate((link) => link === document.activeElement)).toBe(true);
    await row("Three").focus();
    await window.press("Alt+ArrowUp");
    await focused("Three");
    await expect.poll(() => projectsOf(person)).toEqual(["One", "Three", "Two"]);
    await window.press("Alt+ArrowRight");
    await focused("Three");
    await expect.poll(async () => (await projectsOf(person)).sort()).toEqual(["One", "One/Three", "Two"]);
    await window.press("Alt+ArrowLeft");
    await focused("Three");
    await expect.poll(() => projectsOf(person)).toEqual(["One", "Three", "Two"]);
  });
});
