import { useTranslation } from "react-i18next";
import { useSettings, useViewer } from "../../../store/hooks";
import { dayOf, inUTC } from "../../../time/due";
import { CalendarIcon, CloseIcon, TodayIcon, UpcomingIcon } from "../../../ui/icons";
import { SunIcon } from "../../../ui/moreIcons";
import styles from "./DatePicker.module.css";
import { quickDays } from "./month";

const icons = { today: <TodayIcon />, tomorrow: <SunIcon />, weekend: <CalendarIcon />, nextWeek: <UpcomingIcon /> };

/** The days that people mean most, and none. */
export function QuickDays({ chosen, onDay }: { chosen: boolean; onDay: (day: string | null) => void }) {
  const { t } = useTranslation("task");
  const { now, zone, locale } = useViewer();
  const weekStart = useSettings()?.weekStart ?? 1;
  return (
    <div className={styles.choices}>
      {quickDays(dayOf(now, zone), weekStart).map(({ name, day }) => (
        <button key={name} type="button" className={styles.choice} data-tone={name} onClick={() => onDay(day)}>
          {icons[name]}
          <span className={styles.choiceName}>{t(`date.${name}`)}</span>
          <span className={styles.when}>{inUTC(day, locale, name === "nextWeek" || name === "weekend" ? { weekday: "short", day: "numeric", month: "short" } : { weekday: "short" })}</span>
        </button>
      ))}
      {chosen && (
        <button type="button" className={styles.choice} onClick={() => onDay(null)}>
          <CloseIcon />
          <span className={styles.choiceName}>{t("date.none")}</span>
        </button>
      )}
    </div>
  );
}
