import type { Due } from "../api/types";

const dayMs = 86_400_000;

/** The calendar day of an instant in a zone, as YYYY-MM-DD. */
export function dayOf(instant: Date, zone: string): string {
  const { year, month, day } = wallClock(instant, zone);
  return `${String(year).padStart(4, "0")}-${pad(month)}-${pad(day)}`;
}

/** The day that lies n days after a day (before it when n is negative). */
export function addDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * dayMs).toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/**
 * The instant at which clocks in a zone show a time on a day. A time that a shift to
 * summer time leaves out is read with the offset before the shift; one that comes
 * twice is its first coming (RFC 5545 section 3.3.5).
 */
export function instantOf(day: string, time: string, zone: string): Date {
  const asUTC = Date.parse(`${day}T${time}:00Z`);
  const before = offsetAt(new Date(asUTC - dayMs), zone);
  const after = offsetAt(new Date(asUTC + dayMs), zone);
  for (const offset of [before, after]) {
    const candidate = new Date(asUTC - offset);
    if (offsetAt(candidate, zone) === offset) return candidate;
  }
  return new Date(asUTC - before);
}

/** The instant of a due date with a time; null when it is a whole day. */
export function dueInstant(due: Due, viewerZone: string): Date | null {
  return due.time ? instantOf(due.date, due.time, due.zone ?? viewerZone) : null;
}

/** The day on which the viewer's calendar shows a due date. */
export function dueDay(due: Due, viewerZone: string): string {
  // Where the viewer's own clock counts, the day stands there: most tasks, and reckoning is slow.
  if (!due.time || due.zone === undefined || due.zone === viewerZone) return due.date;
  const instant = dueInstant(due, viewerZone);
  return instant ? dayOf(instant, viewerZone) : due.date;
}

/** Whether the moment, or the whole day, of a due date has passed. */
export function isOverdue(due: Due, now: Date, viewerZone: string): boolean {
  const instant = dueInstant(due, viewerZone);
  return instant ? instant < now : due.date < dayOf(now, viewerZone);
}

/** How a person reads dates: where, when, and in which language. The locale tells the clock, too: en-US, de, en-GB-u-hc-h12. */
export interface Viewer {
  now: Date;
  zone: string;
  locale: string;
}

/** A due date in words, as near as it is: "Today 09:00", "Tomorrow", "Friday", "4 Dec", "4 Dec 2027". */
export function describeDue(due: Due, viewer: Viewer): string {
  const words = describeDay(dueDay(due, viewer.zone), viewer);
  const instant = dueInstant(due, viewer.zone);
  return instant ? `${words} ${clockTime(instant, viewer)}` : words;
}

/** A due date in full: "Fri 27 Nov, 09:00", "Fri 1 Jan 2027". */
export function spellDue(due: Due, viewer: Viewer): string {
  const instant = dueInstant(due, viewer.zone);
  if (instant) return spellInstant(instant, viewer);
  return inUTC(due.date, viewer.locale, fullDate(due.date, viewer));
}

/** An instant in full, on the viewer's clock. */
export function spellInstant(instant: Date, viewer: Viewer): string {
  const options = { ...fullDate(dayOf(instant, viewer.zone), viewer), ...clockOf(viewer.locale), timeZone: viewer.zone };
  return wordsIn(viewer.locale, options).format(instant);
}

/** A day in words, as near as it is: "Today", "Friday", "4 Dec". */
export function describeDay(day: string, viewer: Viewer): string {
  const distance = daysBetween(dayOf(viewer.now, viewer.zone), day);
  if (Math.abs(distance) <= 1) return capitalised(nearDays(viewer.locale).format(distance, "day"), viewer.locale);
  if (distance > 1 && distance < 7) return capitalised(inUTC(day, viewer.locale, { weekday: "long" }), viewer.locale);
  return inUTC(day, viewer.locale, { day: "numeric", month: "short", ...otherYear(day, viewer) });
}

/** What the viewer's clock shows at an instant: "09:00", "9:00 AM". */
export function clockTime(instant: Date, { zone, locale }: Viewer): string {
  return wordsIn(locale, { ...clockOf(locale), timeZone: zone }).format(instant);
}

/** Clocks of 24 hours show two digits of them, others one: "09:00", "9:00 AM". */
function clockOf(locale: string): Intl.DateTimeFormatOptions {
  const { hour12 } = wordsIn(locale, { hour: "numeric" }).resolvedOptions();
  return { hour: hour12 ? "numeric" : "2-digit", minute: "2-digit" };
}

function fullDate(day: string, viewer: Viewer): Intl.DateTimeFormatOptions {
  return { weekday: "short", day: "numeric", month: "short", ...otherYear(day, viewer) };
}

/** The year is named where it is not the present one. */
function otherYear(day: string, { now, zone }: Viewer): Intl.DateTimeFormatOptions {
  return day.slice(0, 4) === dayOf(now, zone).slice(0, 4) ? {} : { year: "numeric" };
}

/** A day formatted, whatever the zone. */
export function inUTC(day: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return wordsIn(locale, { timeZone: "UTC", ...options }).format(new Date(`${day}T00:00:00Z`));
}

function capitalised(words: string, locale: string): string {
  return words.slice(0, 1).toLocaleUpperCase(locale) + words.slice(1);
}

const spoken = new Map<string, Intl.DateTimeFormat>();

function wordsIn(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let format = spoken.get(key);
  if (!format) spoken.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  return format;
}

const near = new Map<string, Intl.RelativeTimeFormat>();

/** "Today" and the like in every language, without texts of ours. */
function nearDays(locale: string): Intl.RelativeTimeFormat {
  let format = near.get(locale);
  if (!format) near.set(locale, (format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" })));
  return format;
}

/** What clocks in a zone show at an instant, as HH:MM. */
export function timeOf(instant: Date, zone: string): string {
  const { hour, minute } = wallClock(instant, zone);
  return `${pad(hour)}:${pad(minute)}`;
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}

interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Building a format costs far more than using it, and a list asks for one a row. */
function formatIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

function wallClock(instant: Date, zone: string): WallClock {
  const clock: WallClock = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatIn(zone).formatToParts(instant)) {
    if (type in clock) clock[type as keyof WallClock] = Number(value);
  }
  return clock;
}

/** Milliseconds by which clocks in a zone are ahead of UTC at an instant. */
function offsetAt(instant: Date, zone: string): number {
  const { year, month, day, hour, minute, second } = wallClock(instant, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant.getTime() / 1000) * 1000;
}
