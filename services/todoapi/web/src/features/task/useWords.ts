import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useViewer } from "../../store/hooks";
import { describeDay, describeDue, inUTC, spellDue, spellInstant, type Viewer } from "../../time/due";
import { wholeUnit } from "../../time/units";
import { isWorkweek, type PlainRule } from "./pickers/recurrence";

/** How what tasks hold is put into words, in the person's language. */
export function useWords() {
  const { t } = useTranslation("task");
  const viewer = useViewer();
  return useMemo(() => {
    const duration = (minutes: number) => {
      const { unit, count } = minutes % 1440 === 0 || minutes < 60 ? wholeUnit(minutes) : { unit: "hour" as const, count: minutes / 60 };
      return new Intl.NumberFormat(viewer.locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 2 }).format(count);
    };
    const before = (minutes: number) => {
      const { unit, count } = wholeUnit(minutes);
      return count === 0 ? t("reminder.whenDue") : t(`reminder.before.${unit}`, { count });
    };
    const plain = (rule: PlainRule) => {
      if (isWorkweek(rule)) return t("repeat.workdays");
      const every = t(`repeat.every.${rule.unit}`, { count: rule.interval });
      return rule.days.length === 0 ? every : t("repeat.on", { every, days: daysInWords(rule.days, viewer) });
    };
    return {
      t,
      viewer,
      duration,
      before,
      plain,
      due: (due: Parameters<typeof describeDue>[0]) => describeDue(due, viewer),
      fullDue: (due: Parameters<typeof describeDue>[0]) => spellDue(due, viewer),
      moment: (instant: string) => spellInstant(new Date(instant), viewer),
      day: (day: string) => describeDay(day, viewer),
    };
  }, [t, viewer]);
}

export type AllWords = ReturnType<typeof useWords>;

/** Days of the week, 1 (Monday) to 7, as a list: "Mon, Thu". */
function daysInWords(days: readonly number[], { locale }: Viewer): string {
  const names = days.map((day) => inUTC(`2024-01-0${day}`, locale, { weekday: "short" })); // the first of January 2024 was a Monday
  return new Intl.ListFormat(locale, { type: "unit", style: "narrow" }).format(names);
}
