import type { CDPSession, Worker } from "playwright-core";
import { expect, test } from "vitest";
import { baseURL, serviceWorkerOf } from "./harness";
import { browser } from "./stage";

/** Has the browser take messages as from its push service, which it does not reach here. */
async function pushing(session: CDPSession): Promise<(message: object) => Promise<void>> {
  const registered = new Promise<string>((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => first && resolve(first.registrationId));
  });
  await session.send("ServiceWorker.enable");
  const registrationId = await registered;
  return async (message) => {
    await session.send("ServiceWorker.deliverPushMessage", { origin: new URL(baseURL).origin, registrationId, data: JSON.stringify(message) });
  };
}

/** The notices that are shown: a title, and what can be done. */
const shown = (worker: Worker) =>
  worker.evaluate(async () => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
    return (await registration.getNotifications()).map((notice) => [notice.title, (notice as unknown as { actions: { title: string }[] }).actions.map(({ title }) => title)]);
  });

test("a reminder that is pushed is left to a window that is seen, and shown once where there is none", async () => {
  const context = await browser.newContext();
  await context.grantPermissions(["notifications"], { origin: new URL(baseURL).origin });
  const page = await context.newPage();
  await page.goto(baseURL);
  const worker = await serviceWorkerOf(page);
  const push = await pushing(await context.newCDPSession(page));
  await push({ reminderId: "seen", taskId: "t", title: "Seen", due: null });

  await page.goto("about:blank");
  const plants = { reminderId: "r", taskId: "t", lang: "en", title: "Water plants", body: "Tuesday, 1 December", complete: "Complete", snooze: "In 10 min" };
  await push(plants);
  await push(plants);
  await expect.poll(() => shown(worker)).toEqual([["Water plants", ["Complete", "In 10 min"]]]);
  await context.close();
});
