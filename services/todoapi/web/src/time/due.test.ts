import { describe, expect, test } from "vitest";
import { addDays, clockTime, daysBetween, describeDue, dueDay, instantOf, isOverdue, spellDue, spellInstant, type Viewer } from "./due";

const berlin = "Europe/Berlin";
const newYork = "America/New_York";
const now = new Date("2026-03-11T12:00:00Z"); // a Wednesday; 13:00 in Berlin
const viewer: Viewer = { now, zone: berlin, locale: "en-GB" };

describe("the instant of a local time", () => {
  test.each([
    { name: "winter time", day: "2026-01-15", time: "09:00", zone: berlin, instant: "2026-01-15T08:00:00.000Z" },
    { name: "summer time", day: "2026-07-15", time: "09:00", zone: berlin, instant: "2026-07-15T07:00:00.000Z" },
    { name: "left out by the shift to summer time", day: "2026-03-29", time: "02:30", zone: berlin, instant: "2026-03-29T01:30:00.000Z" },
    { name: "twice at the shift to winter time: the first", day: "2026-10-25", time: "02:30", zone: berlin, instant: "2026-10-25T00:30:00.000Z" },
    { name: "west of Greenwich", day: "2026-11-01", time: "01:30", zone: newYork, instant: "2026-11-01T05:30:00.000Z" },
    { name: "half an hour off", day: "2026-03-11", time: "00:15", zone: "Asia/Kolkata", instant: "2026-03-10T18:45:00.000Z" },
  ])("$name", ({ day, time, zone, instant }) => {
    expect(instantOf(day, time, zone).toISOString()).toBe(instant);
  });
});

describe("a due date", () => {
  test.each([
    { name: "of a whole day lasts until its end", due: { date: "2026-03-11" }, overdue: false },
    { name: "of yesterday is overdue", due: { date: "2026-03-10" }, overdue: true },
    { name: "with a time is overdue after it", due: { date: "2026-03-11", time: "12:59", zone: berlin }, overdue: true },
    { name: "with a time is not overdue before it", due: { date: "2026-03-11", time: "13:01", zone: berlin }, overdue: false },
    { name: "counts by its own zone", due: { date: "2026-03-11", time: "07:30", zone: newYork }, overdue: true },
  ])("$name", ({ due, overdue }) => {
    expect(isOverdue(due, now, berlin)).toBe(overdue);
  });

  test("of another zone can fall on another day here", () => {
    expect(dueDay({ date: "2026-03-11", time: "22:00", zone: newYork }, berlin)).toBe("2026-03-12");
  });

  test.each([
    { due: { date: "2026-03-11" }, words: "Today" },
    { due: { date: "2026-03-12" }, words: "Tomorrow" },
    { due: { date: "2026-03-10" }, words: "Yesterday" },
    { due: { date: "2026-03-15" }, words: "Sunday" },
    { due: { date: "2026-03-18" }, words: "18 Mar" },
    { due: { date: "2027-03-18" }, words: "18 Mar 2027" },
    { due: { date: "2026-03-11", time: "18:05", zone: berlin }, words: "Today 18:05" },
    { due: { date: "2026-03-11", time: "18:00", zone: newYork }, words: "Today 23:00" },
  ])("reads $words", ({ due, words }) => {
    expect(describeDue(due, viewer)).toBe(words);
  });
});

test.each([
  { due: { date: "2026-03-13" }, words: "Fri 13 Mar" },
  { due: { date: "2027-01-01" }, words: "Fri, 1 Jan 2027" },
  { due: { date: "2026-03-13", time: "18:05", zone: berlin }, words: "Fri 13 Mar, 18:05" },
  { due: { date: "2026-03-13", time: "20:00", zone: newYork }, words: "Sat 14 Mar, 01:00" },
])("spelled in full it reads $words", ({ due, words }) => {
  expect(spellDue(due, viewer)).toBe(words);
});

test("an instant is spelled on the viewer's clock", () => {
  expect(spellInstant(new Date("2026-03-13T23:30:00Z"), viewer)).toBe("Sat 14 Mar, 00:30");
});

test("days are counted over month ends and clock changes", () => {
  expect(addDays("2028-02-28", 2)).toBe("2028-03-01");
  expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
});

describe("in the person's language", () => {
  test.each([
    { locale: "de", words: "Heute 18:05", full: "Fr., 13. März" },
    { locale: "fr", words: "Aujourd’hui 18:05", full: "ven. 13 mars" },
    { locale: "en-US", words: "Today 6:05 PM", full: "Fri, Mar 13" },
    { locale: "en-GB-u-hc-h12", words: "Today 6:05 pm", full: "Fri 13 Mar" },
  ])("$locale reads $words", ({ locale, words, full }) => {
    const plain = (text: string) => text.replace(/\s/gu, " ");
    expect(plain(describeDue({ date: "2026-03-11", time: "18:05" }, { ...viewer, locale }))).toBe(words);
    expect(plain(spellDue({ date: "2026-03-13" }, { ...viewer, locale }))).toBe(full);
  });

  test("a time without a zone is on the clock of the account", () => {
    const tokyo = { ...viewer, zone: "Asia/Tokyo" };
    expect(describeDue({ date: "2026-03-11", time: "22:30" }, tokyo)).toBe("Today 22:30");
    expect(clockTime(new Date("2026-03-11T12:00:00Z"), tokyo)).toBe("21:00");
  });
});
