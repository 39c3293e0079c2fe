/** What is pushed: notification/push.go writes it. */
export interface Pushed {
  reminderId: string;
  /** Empty: it is about no task in particular. */
  taskId: string;
  title: string;
  due: { date: string; time?: string; zone?: string } | null;
  /** By which it can be answered while no window is open; a platform of the version before sends none. */
  token?: string;
}

/** What a notice is about: a page (src/ui/desktop.ts) leaves the id of the task alone. */
export type About = string | { taskId: string; token?: string | undefined };

export interface Words {
  locale: string;
  complete: string;
  snooze: string;
}

/** What the service worker and the app (src/ui/push.ts) leave for each other. */
const shelf = { name: "push", words: "/push/words", answer: "/push/answer" };

const plain: Words = { locale: "en", complete: "Complete", snooze: "In 10 min" };

/** Shows a reminder that was pushed, unless a window that is seen tells of it anyway. */
export async function showPushed(scope: ServiceWorkerGlobalScope, { reminderId, taskId, title, due, token }: Pushed): Promise<void> {
  const windows = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.some(({ visibilityState }) => visibilityState === "visible")) return;
  const left = await (await scope.caches.open(shelf.name)).match(shelf.words);
  const words = left ? ((await left.json()) as Words) : plain;
  const answers = [
    { action: "complete", title: words.complete },
    { action: "snooze", title: words.snooze },
  ];
  const actions = taskId === "" ? [] : answers;
  // Notices of a tag take each other's place: one that was sent twice, or shown by a page as well, is seen once.
  const options = { tag: reminderId, body: dueWords(due, words.locale), icon: "/icon-192.png", data: { taskId, token } satisfies About, actions };
  await scope.registration.showNotification(title, options);
}

/** When a task is due, by the clocks of its zone. */
export function dueWords(due: Pushed["due"], locale: string): string {
  if (!due) return "";
  const clock: Intl.DateTimeFormatOptions = due.time ? { hour: "numeric", minute: "2-digit" } : {};
  // It is a time of clocks already: no zone is to move it.
  const words = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", ...clock, timeZone: "UTC" }).format(new Date(`${due.date}T${due.time ?? "00:00"}Z`));
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return due.time && due.zone && due.zone !== here ? `${words} (${due.zone})` : words;
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
