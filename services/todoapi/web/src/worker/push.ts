/** What is pushed, in the words of its reader: notification/push.go writes it. */
export interface Pushed {
  reminderId: string;
  /** Empty: it is about no task in particular. */
  taskId: string;
  title: string;
  /** What follows is missing where a platform of the version before sent it. */
  lang?: string;
  body?: string;
  /** By which it can be answered while no window is open. */
  token?: string;
  /** What the buttons say; none of them without. */
  complete?: string;
  snooze?: string;
}

/** What a notice is about: a page (src/ui/desktop.ts) leaves the id of the task alone. */
export type About = string | { taskId: string; token?: string | undefined };

/** What the service worker leaves for the app (src/ui/push.ts). */
const shelf = { name: "push", answer: "/push/answer" };

/** Shows a reminder that was pushed, unless a window that is seen tells of it anyway. */
export async function showPushed(scope: ServiceWorkerGlobalScope, { reminderId, taskId, title, lang = "", body = "", token, ...buttons }: Pushed): Promise<void> {
  const windows = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.some(({ visibilityState }) => visibilityState === "visible")) return;
  const actions = (["complete", "snooze"] as const).flatMap((action) => (buttons[action] ? [{ action, title: buttons[action] }] : []));
  // Notices of a tag take each other's place: one that was sent twice, or shown by a page as well, is seen once.
  const options = { tag: reminderId, lang, body, icon: "/icon-192.png", data: { taskId, token } satisfies About, actions };
  await scope.registration.showNotification(title, options);
}

/** What the API calls the buttons of a notice. */
const answers: Record<string, string> = { complete: "complete", snooze: "tenMinutes" };

/** Browsers let a click open a window for some seconds alone. */
const answerTimeoutMs = 4_000;

/** Answers a reminder by its token. "later" is left to an app with somebody signed in: nobody was reached, or not now. */
export async function answerPushed(action: string, token: string): Promise<"done" | "refused" | "later"> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit", body: JSON.stringify({ token, answer: answers[action] }) } as const;
  const status = await fetch("/api/v1/reminder-links/answer", { ...init, signal: AbortSignal.timeout(answerTimeoutMs) }).then(
    (answer) => answer.status,
    () => 0,
  );
  if (status >= 200 && status < 300) return "done";
  return status === 0 || status === 429 || status >= 500 ? "later" : "refused";
}

/** Leaves what was chosen for the window that opens. */
export async function leaveAnswer(scope: ServiceWorkerGlobalScope, action: string, about: string): Promise<void> {
  await (await scope.caches.open(shelf.name)).put(shelf.answer, new Response(JSON.stringify({ action, about })));
}
