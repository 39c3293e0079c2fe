import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch, type Person, Window, type WindowOptions } from "./harness";

/** The browser of a file of tests: it starts before the first of them and ends after the last. */
export let browser: Browser;

let windows: Window[] = [];
let tolerated: RegExp[] = [];

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

// What a test has opened is closed after it, and must not have complained.
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") for (const window of windows) console.error(await window.describe());
  const complaints = windows.flatMap((window) => window.complaints).filter((text) => !tolerated.some((pattern) => pattern.test(text)));
  await Promise.all(windows.map(({ page }) => page.context().close()));
  windows = [];
  tolerated = [];
  expect(complaints).toEqual([]);
});

/** Opens a signed-in window of a person's own device and waits until it is live. */
export async function open(person: Person, options?: Parameters<Person["open"]>[0]): Promise<Window> {
  return kept(await person.open(options));
}

/** Opens a window in which nobody is signed in. */
export async function openSignedOut(options?: WindowOptions): Promise<Window> {
  return kept(await Window.open(browser, options));
}

/** Opens another tab of the same browser at the same screen. */
export async function another(window: Window): Promise<Window> {
  return kept(await window.another());
}

function kept(window: Window): Window {
  windows.push(window);
  return window;
}

/** Lets windows complain of something until the test is over. */
export function tolerate(complaint: RegExp): void {
  tolerated.push(complaint);
}

/** Chromium logs requests that fail on the way by itself. */
export const lostRequests = /net::ERR_/;
