import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSettings, useViewer } from "../../../store/hooks";
import { dayOf, inUTC } from "../../../time/due";
import { cx } from "../../../ui/cx";
import { ChevronIcon } from "../../../ui/icons";
import { IconButton } from "../../../ui/IconButton";
import { ChevronLeftIcon } from "../../../ui/moreIcons";
import styles from "./Calendar.module.css";
import { addMonths, dayByKey, monthOf, weeksOf } from "./month";

interface CalendarProps {
  /** The day that is chosen. */
  day: string | null;
  onPick: (day: string) => void;
}

/** A month, of which a day can be chosen. */
export function Calendar({ day, onPick }: CalendarProps) {
  const { t } = useTranslation("task");
  const { now, zone, locale } = useViewer();
  const weekStart = useSettings()?.weekStart ?? 1;
  const today = dayOf(now, zone);
  const [at, setAt] = useState(day ?? today);
  const grid = useRef<HTMLTableElement>(null);
  const moved = useRef(false);
  const month = monthOf(at);
  const weeks = weeksOf(month, weekStart);

  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${at}"]`)?.focus();
  }, [at]);

  const press = (event: KeyboardEvent<HTMLElement>) => {
    const next = dayByKey(event.key, at, weekStart, getComputedStyle(event.currentTarget).direction === "ltr");
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    moved.current = true;
    setAt(next);
  };

  const title = inUTC(`${month}-01`, locale, { month: "long", year: "numeric" });
  return (
    <div className={styles.calendar}>
      <div className={styles.head}>
        <span className={styles.title} aria-live="polite">
          {title}
        </span>
        <IconButton size="small" label={t("date.previousMonth")} onClick={() => setAt(`${addMonths(month, -1)}-01`)}>
          <ChevronLeftIcon />
        </IconButton>
        <IconButton size="small" label={t("date.nextMonth")} onClick={() => setAt(`${addMonths(month, 1)}-01`)}>
          <ChevronIcon />
        </IconButton>
      </div>
      <table ref={grid} role="grid" aria-label={title} className={styles.grid} onKeyDown={press}>
        <thead>
          <tr>
            {weeks[0]?.map((one) => (
              <th key={one} scope="col" abbr={inUTC(one, locale, { weekday: "long" })}>
                {inUTC(one, locale, { weekday: "narrow" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((one) => (
                <td key={one} role="gridcell" aria-selected={one === day}>
                  <button
                    type="button"
                    data-day={one}
                    tabIndex={one === at ? 0 : -1}
                    aria-current={one === today ? "date" : undefined}
                    aria-label={inUTC(one, locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" })}
                    className={cx(styles.day, one === day && styles.chosen, one === today && styles.today, monthOf(one) !== month && styles.other, one < today && styles.past)}
                    onClick={() => onPick(one)}
                  >
                    {Number(one.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
