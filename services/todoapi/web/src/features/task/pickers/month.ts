import { addDays } from "../../../time/due";

/** A month as YYYY-MM. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The month that lies n months after one. */
export function addMonths(month: string, n: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const count = year * 12 + number - 1 + n;
  return `${String(Math.floor(count / 12)).padStart(4, "0")}-${String((count % 12) + 1).padStart(2, "0")}`;
}

/** The weekday of a day, 1 (Monday) to 7. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/** The six weeks that show a month, each from the first day of the week on. */
export function weeksOf(month: string, weekStart: number): string[][] {
  const first = `${month}-01`;
  const start = addDays(first, -((weekdayOf(first) - weekStart + 7) % 7));
  return Array.from({ length: 6 }, (_, week) => Array.from({ length: 7 }, (__, day) => addDays(start, week * 7 + day)));
}

/** The same day of another month, or the last one there is. */
export function inMonth(day: string, month: string): string {
  const last = addDays(`${addMonths(month, 1)}-01`, -1);
  const same = `${month}-${day.slice(8)}`;
  return same > last ? last : same;
}

export interface QuickDay {
  name: "today" | "tomorrow" | "weekend" | "nextWeek";
  day: string;
}

/** The days that people mean most. The weekend is the coming Saturday, and next week begins with the week. Each day has one name. */
export function quickDays(today: string, weekStart: number): QuickDay[] {
  const until = (weekday: number) => addDays(today, (weekday - weekdayOf(today) + 7) % 7 || 7);
  const days: QuickDay[] = [
    { name: "today", day: today },
    { name: "tomorrow", day: addDays(today, 1) },
    { name: "weekend", day: until(6) },
    { name: "nextWeek", day: until(weekStart) },
  ];
  return days.filter(({ day }, at) => days.findIndex((other) => other.day === day) === at);
}

/** The day to which a key leads from a day of a calendar. */
export function dayByKey(key: string, day: string, weekStart: number, leftToRight: boolean): string | null {
  const forwards = leftToRight ? 1 : -1;
  const inWeek = (weekdayOf(day) - weekStart + 7) % 7;
  switch (key) {
    case "ArrowRight":
      return addDays(day, forwards);
    case "ArrowLeft":
      return addDays(day, -forwards);
    case "ArrowDown":
      return addDays(day, 7);
    case "ArrowUp":
      return addDays(day, -7);
    case "Home":
      return addDays(day, -inWeek);
    case "End":
      return addDays(day, 6 - inWeek);
    case "PageDown":
      return inMonth(day, addMonths(monthOf(day), 1));
    case "PageUp":
      return inMonth(day, addMonths(monthOf(day), -1));
    default:
      return null;
  }
}
