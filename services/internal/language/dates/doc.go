// Package dates finds dates, times, ranges and durations in what people write:
// "next friday 9am", "from 3 to 5pm", "in 2 weeks", "for 45 min".
//
// [Find] reads a text from left to right and gives every phrase that it
// understands with its place. It knows no clock but Options.Now, and it never
// fails: what it does not understand is not in the result.
//
// # What is ambiguous
//
// The examples are said on Thursday, 26 November 2026, at 10:00.
//
//   - A weekday alone is the next one after today: "thursday" is 3 December,
//     "friday" is tomorrow. "this thursday" is today.
//   - "next friday" is the Friday of next week, 4 December; "last friday" is the
//     Friday before today.
//   - A time that has passed is tomorrow's: "9am" is 27 November, 9:00, and
//     "11am" is today. A day that is named stays: "today 9am" has passed.
//   - A date without a year is the next such date, today included: "26 nov" is
//     today, "25 nov" is in 2027.
//   - An hour without am or pm is one at which people are up: "at 5" is 17:00, "at
//     7" is 07:00. A part of the day ("tonight at 8") or what is done then ("dinner
//     at 8") tells otherwise, and 5:00 is on a 24-hour clock.
//   - 12/1 is in the order of the locale, 1 December for en and en-US, 12 January
//     for en-GB. Where one order gives no date the other one counts.
//   - A range of times without am or pm takes that of its end: "3 to 5pm" begins
//     at 15:00, "11 to 1pm" at 11:00. An end before the begin is on the next day.
//   - "end of month" is its last day, "next month" all its days.
//   - Of two dates side by side the one counts that lies in the other: "next year in
//     march", "friday of next week". Those that do not meet are text together.
//   - midnight is when the day begins: "friday midnight" is friday 0:00. Only
//     that of tonight and today is the end of the day.
//   - "today at 9" is 21:00 when 9:00 has passed.
//   - "CET" and "CEST" both mean the clock of the place on that day. An offset
//     such as +02:00 is no place, so the result is in the user's zone.
//   - A month alone ("may"), and "sat", "sun", "mon" and "wed" before other words
//     are text: "May I", "he sat down".
//
// With [LeanPast] the same words mean the last such day or time.
//
// # Languages
//
// All words, and where they stand, are in the tables of package words. The grammar
// knows both orders of what differs: "3 days ago" and the German "vor 3 Tagen",
// "for 45 min" and "45 Min lang", "half past 8" and "halb neun".
package dates
