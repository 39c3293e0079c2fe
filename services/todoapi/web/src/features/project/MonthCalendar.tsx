import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../../api/types";
import { many } from "../../store/acts";
import { useSettings, useStore, useTable, useViewer } from "../../store/hooks";
import { useAct } from "../../sync/hooks";
import { dayOf, inUTC } from "../../time/due";
import { Button } from "../../ui/Button";
import { cx } from "../../ui/cx";
import { IconButton } from "../../ui/IconButton";
import { ChevronIcon } from "../../ui/icons";
import { ChevronLeftIcon } from "../../ui/moreIcons";
import { addMonths, monthOf, onDay, useDropTasks, weeksOf } from "../task";
import { Card } from "./Card";
import styles from "./project.module.css";

/** How many tasks of a day are shown before the rest is counted. */
const shown = 4;

interface MonthCalendarProps {
  projectId: string;
  onOpen: (id: string) => void;
}

/** The tasks of a project by the days of a month; a task that is dragged to another day is due on that. */
export function MonthCalendar({ projectId, onOpen }: MonthCalendarProps) {
  const { t } = useTranslation("lists");
  const { now, zone, locale } = useViewer();
  const weekStart = useSettings()?.weekStart ?? 1;
  const today = dayOf(now, zone);
  const [month, setMonth] = useState(monthOf(today));
  const { indexes } = useStore();
  useTable("tasks"); // the indexes follow them
  const weeks = weeksOf(month, weekStart);
  const due = (day: string) => indexes.byDay.get(day).filter((task) => task.projectId === projectId);
  return (
    <section aria-label={t("calendar.label")}>
      <header className={styles.monthHead}>
        <h2 aria-live="polite">{inUTC(`${month}-01`, locale, { month: "long", year: "numeric" })}</h2>
        <Button size="small" onClick={() => setMonth(monthOf(today))}>
          {t("calendar.today")}
        </Button>
        <IconButton label={t("calendar.before")} onClick={() => setMonth(addMonths(month, -1))}>
          <ChevronLeftIcon />
        </IconButton>
        <IconButton label={t("calendar.after")} onClick={() => setMonth(addMonths(month, 1))}>
          <ChevronIcon />
        </IconButton>
      </header>
      <table className={styles.month}>
        <thead>
          <tr>
            {weeks[0]?.map((day) => (
              <th key={day} scope="col">
                <abbr title={inUTC(day, locale, { weekday: "long" })}>{inUTC(day, locale, { weekday: "short" })}</abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <DayCell key={day} day={day} tasks={due(day)} inMonth={monthOf(day) === month} isToday={day === today} onOpen={onOpen} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface DayCellProps {
  day: string;
  tasks: readonly Task[];
  inMonth: boolean;
  isToday: boolean;
  onOpen: (id: string) => void;
}

function DayCell({ day, tasks, inMonth, isToday, onOpen }: DayCellProps) {
  const { t } = useTranslation("lists");
  const { locale } = useViewer();
  const known = useTable("tasks");
  const act = useAct();
  const [all, setAll] = useState(false);
  const name = inUTC(day, locale, { day: "numeric", month: "long" });
  const { ref, over } = useDropTasks<HTMLTableCellElement>((ids) => {
    const moved = ids.flatMap((id) => known.get(id) ?? []);
    act(many(moved.map((task) => onDay(task, day))), t("calendar.moved", { count: moved.length, day: name }));
  });
  const some = all ? tasks : tasks.slice(0, shown);
  return (
    <td ref={ref} className={cx(styles.day, !inMonth && styles.other, isToday && styles.today, over && styles.over)}>
      <time className={styles.date} dateTime={day} aria-label={name}>
        {inUTC(day, locale, { day: "numeric" })}
      </time>
      {some.map(({ id }) => (
        <Card key={id} id={id} small onOpen={onOpen} />
      ))}
      {some.length < tasks.length && (
        <button type="button" className={styles.rest} onClick={() => setAll(true)}>
          {t("calendar.more", { count: tasks.length - some.length })}
        </button>
      )}
    </td>
  );
}
