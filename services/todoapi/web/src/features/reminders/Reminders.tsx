import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/http";
import type { Task } from "../../api/types";
import { completeTask } from "../../store/acts";
import { useSettings, useStore } from "../../store/hooks";
import type { Store } from "../../store/store";
import { useAct, useOnReminder } from "../../sync/hooks";
import { dayOf, describeDue, timeOf } from "../../time/due";
import { hideOnDesktop, isDesktopUndecided, leaveDesktop, onDesktopAction, showOnDesktop, switchDesktop } from "../../ui/desktop";
import { takeAnswer, unsubscribeHere } from "../../ui/push";
import { dismissToast, showToast, type ToastAction } from "../../ui/toastStore";
import { answerOf, hasRoom, isAnswered, setsReminder, snoozed, type Snooze, snoozedUntil, snoozes } from "./reminders";

/** A reminder that was shown and not answered yet. */
interface Ringing {
  toast: number;
  /** By which it is known outside of the page. */
  tag: string;
  answer: string;
}

/** Tells of reminders, with what can be done about them, until that was done in this window or elsewhere. */
export function Reminders(): null {
  const { t } = useTranslation("nav");
  const store = useStore();
  const [ringing] = useState(() => new Map<string, Ringing>());
  const answers = useAnswers();

  const silence = (taskId: string) => {
    const ring = ringing.get(taskId);
    if (!ring) return;
    ringing.delete(taskId);
    dismissToast(ring.toast);
    hideOnDesktop(ring.tag);
  };

  useOnReminder((event, { taskId, title, reminderId }) => {
    if (event === "reminder.failed") showToast({ tone: "error", message: t("notice.reminderFailed", { title }) });
    if (event !== "reminder.fired") return;
    silence(taskId);
    const task = store.entities().tasks.get(taskId);
    const actions = task ? answers.to(task) : [];
    const message = t("notice.reminder", { title });
    const toast = showToast({ tone: "reminder", message, actions });
    if (task) ringing.set(taskId, { toast, tag: reminderId, answer: answerOf(task) });
    // Outside of the page there is room for two.
    const buttons = actions.slice(0, 2).map(({ label }, at) => ({ action: at === 0 ? "complete" : "snooze", title: label }));
    showOnDesktop(message, { tag: reminderId, buttons, about: taskId });
  });

  const silenceAnswered = useEffectEvent(() => {
    const { tasks } = store.entities();
    for (const [taskId, { answer }] of [...ringing]) if (isAnswered(tasks.get(taskId), answer)) silence(taskId);
  });
  useEffect(() => store.subscribe(() => silenceAnswered()), [store]);

  const answer = useEffectEvent((action: string, taskId: string) => {
    const task = store.entities().tasks.get(taskId);
    if (!task) return;
    if (action === "complete") answers.complete(task);
    if (action === "snooze") answers.snooze(task, "tenMinutes");
  });
  useEffect(() => onDesktopAction((action, about) => answer(action, about)), []);
  useEffect(() => {
    // A window that has just opened may not have its tasks yet.
    void takeAnswer().then((left) => left && onceThere(store, left.about, () => answer(left.action, left.about)));
  }, [store]);

  const silenceAll = useEffectEvent(() => [...ringing.keys()].forEach(silence));
  useEffect(() => () => silenceAll(), []);

  useDesktopOffer();
  usePushed();
  return null;
}

function onceThere(store: Store, taskId: string, run: () => void): void {
  if (store.entities().tasks.has(taskId)) {
    run();
    return;
  }
  const stop = store.subscribe(() => {
    if (!store.entities().tasks.has(taskId)) return;
    stop();
    run();
  });
}

/** Has what is pushed while no page is open end with the session. */
function usePushed(): void {
  useEffect(
    () => () => {
      if (client.person() === null) void unsubscribeHere();
    },
    [],
  );
}

/** What can be done about a reminder. */
function useAnswers() {
  const { t } = useTranslation(["nav", "task"]);
  const store = useStore();
  const act = useAct();
  const settings = useSettings();
  const viewer = () => ({ now: new Date(), zone: store.zone, locale: settings?.locale ?? navigator.language });
  const untilOf = (snooze: Snooze) => snoozedUntil(snooze, new Date(), { zone: store.zone, dayStart: settings?.dayStart ?? "09:00" });
  const words = (until: Date) => describeDue({ date: dayOf(until, store.zone), time: timeOf(until, store.zone) }, viewer());

  const complete = ({ id, title }: Task) => act(completeTask(id), t("task:done.completed", { count: 1, title }));
  const snooze = (task: Task, how: Snooze) => {
    const until = untilOf(how);
    act(snoozed(task, until, new Date()), t("notice.snoozed", { title: task.title, until: words(until) }));
  };
  /** Runs with the task as it is by then. */
  const about = (id: string, run: (task: Task) => void) => () => {
    const task = store.entities().tasks.get(id);
    if (task) run(task);
  };
  const to = (task: Task): ToastAction[] => {
    const { id, title } = task;
    const completing = { label: t("notice.complete"), name: t("task:completeTask", { title }), run: about(id, complete) };
    if (!hasRoom(task, new Date())) return [completing];
    const snoozing = snoozes.map((how) => {
      const label = how === "tomorrow" ? words(untilOf(how)) : t(`notice.${how}`);
      return { label, name: t("notice.snooze", { label, title }), run: about(id, (now) => snooze(now, how)) };
    });
    return [completing, ...snoozing];
  };
  return { complete, snooze, to };
}

/** Offers to show reminders outside of the page, once on each device: when its person sets a reminder for the first time. */
function useDesktopOffer(): void {
  const { t } = useTranslation("nav");
  const store = useStore();
  const offer = useEffectEvent(() => {
    leaveDesktop();
    showToast({ tone: "reminder", message: t("notice.desktopOffer"), actions: [{ label: t("notice.desktopAllow"), run: () => void switchDesktop(true) }] });
  });
  useEffect(
    () =>
      store.onEvent((event) => {
        // Other windows hear of it, too.
        if (event.type === "enqueue" && setsReminder(event.op.act) && document.hasFocus() && isDesktopUndecided()) offer();
      }),
    [store],
  );
}
