/**
 * The service worker: it keeps the files of one build, so that the app starts offline and at once,
 * shows reminders that are pushed, and hands what a person chooses on a notice to the app. It never
 * touches what is asked of the platform. A new build waits until the person wants it.
 */

import { type About, answerPushed, leaveAnswer, type Pushed, showPushed } from "./push";

declare const self: ServiceWorkerGlobalScope;

/** Put in by the build: a name for what it made, and the files to keep. */
declare const __BUILD__: { version: string; files: string[] };

const prefix = "build-";
const cacheName = prefix + __BUILD__.version;

/** Paths that are the platform's, and pages of their own. */
const notOfTheApp = /^\/(api|realtime|reference\.html|\.well-known)(\/|$)/;

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => {
  if (event.data === "activate") void self.skipWaiting();
});

self.addEventListener("push", (event) => {
  if (event.data) event.waitUntil(showPushed(self, event.data.json() as Pushed));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(answerNotice(event.action, event.notification.data as About));
});

self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin || notOfTheApp.test(pathname)) return;
  event.respondWith(answer(event.request, mode === "navigate" ? "/" : pathname));
});

async function keep(): Promise<void> {
  const cache = await caches.open(cacheName);
  // The index has no hash in its name: an old copy must not get into a new build.
  await cache.addAll(__BUILD__.files.map((file) => new Request(file, { cache: file.startsWith("/assets/") ? "default" : "reload" })));
}

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/**
 * A window does what was chosen, as if it had been chosen there. Where none is open any more, it is done
 * here by the token of what was pushed; if that fails, one opens with the task, and does what may still be done.
 */
async function answerNotice(action: string, about: About): Promise<void> {
  const { taskId, token } = typeof about === "string" ? { taskId: about } : about;
  const [first] = await self.clients.matchAll({ type: "window" });
  if (first && action === "") await first.focus();
  else if (first) first.postMessage({ type: "notice", action, about: taskId });
  else {
    const outcome = action === "" ? "refused" : token === undefined ? "later" : await answerPushed(action, token);
    if (outcome === "done") return;
    if (outcome === "later") await leaveAnswer(self, action, taskId);
    await self.clients.openWindow(taskId === "" ? "/today" : `/today?task=${encodeURIComponent(taskId)}`);
  }
}

async function answer(request: Request, kept: string): Promise<Response> {
  return (await (await caches.open(cacheName)).match(kept)) ?? fetch(request);
}
