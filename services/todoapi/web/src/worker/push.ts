/** What is pushed: notification/push.go writes it. */
export interface Pushed {
  reminderId: string;
  /** Empty: it is about no task in particular. */
  taskId: string;
  title: string;
  due: { date: string; time?: string; zone?: string } | null;
}

export interface Words {
  locale: string;
  complete: string;
  snooze: string;
}

/** What the service worker and the app (src/ui/push.ts) leave for each other. */
const shelf = { name: "push", words: "/push/words", answer: "/push/answer" };

const plain: Words = { locale: "en", complete: "Complete", snooze: "In 10 min" };

/** Shows a reminder that was pushed, unless a window that is seen tells of it anyway. */
export async function showPushed(scope: ServiceWorkerGlobalScope, { reminderId, taskId, title, due }: Pushed): Promise<void> {
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
  const options = { tag: reminderId, body: dueWords(due, words.locale), icon: "/icon-192.png", data: taskId, actions };
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

/** Leaves what was chosen for the window that opens. */
export async function leaveAnswer(scope: ServiceWorkerGlobalScope, action: string, about: string): Promise<void> {
  await (await scope.caches.open(shelf.name)).put(shelf.answer, new Response(JSON.stringify({ action, about })));
}
