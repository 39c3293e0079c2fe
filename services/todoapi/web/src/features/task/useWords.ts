import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Recurrence } from "../../api/types";
import { useViewer } from "../../store/hooks";
import { describeDay, describeDue, inUTC, spellDue, spellInstant, type Viewer } from "../../time/due";
import { wholeUnit } from "./composer/quickAdd";
import { isWorkweek, type PlainRule, plainRule } from "./pickers/recurrence";
import { sentenceQuery } from "./previews";

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

/** How a task repeats, as a sentence; undefined while only the server could tell. */
export function useSentence(recurrence: Recurrence | null | undefined): string | undefined {
  const { plain, viewer } = useWords();
  const said = recurrence && (recurrence.anchor ?? "schedule") === "schedule" ? plainRule(recurrence.rule) : null;
  const { data } = useQuery({
    ...sentenceQuery(recurrence ?? { rule: "", anchor: "schedule" }, viewer),
    enabled: Boolean(recurrence) && said === null,
  });
  return said ? plain(said) : data?.text;
}
