import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTable, useViewer, useStore } from "../../store/hooks";
import { addDays, dayOf, inUTC } from "../../time/due";
import { cx } from "../../ui/cx";
import { IconButton } from "../../ui/IconButton";
import { ChevronIcon } from "../../ui/icons";
import { ChevronLeftIcon } from "../../ui/moreIcons";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { many } from "../../store/acts";
import { useAct } from "../../sync/hooks";
import { onDay, TaskList, useDropTasks } from "../task";
import styles from "./upcoming.module.css";

const shown = 14;

/** What is due on the days ahead, with a strip of days on which tasks can be let go. */
export function UpcomingScreen({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation("lists");
  const { now, zone } = useViewer();
  const today = dayOf(now, zone);
  const [from, setFrom] = useState<string | null>(null);
  const first = from !== null && from > today ? from : today;
  const list = useMemo(() => ({ kind: "upcoming" as const, from: first, days: shown }), [first]);
  return (
    <>
      <nav className={styles.strip} aria-label={t("upcoming.days")}>
        <IconButton label={t("upcoming.earlier")} disabled={first === today} onClick={() => setFrom(addDays(first, -7))}>
          <ChevronLeftIcon />
        </IconButton>
        <ol>
          {Array.from({ length: 7 }, (_, n) => addDays(first, n)).map((day) => (
            <Day key={day} day={day} today={today} onChoose={() => setFrom(day)} />
          ))}
        </ol>
        <IconButton label={t("upcoming.later")} onClick={() => setFrom(addDays(first, 7))}>
          <ChevronIcon />
        </IconButton>
      </nav>
      <TaskList key={first} label={t("upcoming.title")} list={list} onOpen={onOpen} />
    </>
  );
}

function Day({ day, today, onChoose }: { day: string; today: string; onChoose: () => void }) {
  const { t } = useTranslation("lists");
  const { locale } = useViewer();
  const { indexes } = useStore();
  const tasks = useTable("tasks"); // the indexes follow them
  const act = useAct();
  const count = indexes.byDay.get(day).length;
  const name = inUTC(day, locale, { weekday: "long", day: "numeric", month: "long" });
  const { ref, over } = useDropTasks<HTMLButtonElement>((ids) => {
    const moved = ids.flatMap((id) => tasks.get(id) ?? []);
    act(many(moved.map((task) => onDay(task, day))), t("calendar.moved", { count: moved.length, day: name }));
  });
  return (
    <li>
      <button ref={ref} type="button" className={cx(styles.day, day === today && styles.today, over && styles.over)} onClick={onChoose}>
        <VisuallyHidden>{t("upcoming.day", { day: name, count })}</VisuallyHidden>
        <span className={styles.weekday} aria-hidden="true">{inUTC(day, locale, { weekday: "short" })}</span>
        <span className={styles.number} aria-hidden="true">{inUTC(day, locale, { day: "numeric" })}</span>
        <span className={cx(styles.load, count > 0 && styles.some)} />
      </button>
    </li>
  );
}
