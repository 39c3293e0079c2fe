// Package recurrence says when a repeating task comes next.
//
// A [Set] is what RFC 5545 calls a recurrence set: rules (RRULE), extra dates
// (RDATE) and exceptions (EXDATE). [Parse] reads one, [Import] also what other
// calendars write, [Set.String] prints it canonically, [ParseText] and [Text] do the
// same with sentences. Bound to the due of the first task it becomes a [Series], which
// iterates both ways from any point. [Next] is the one question the product asks most: a
// task was done, when is it due again?
//
// # Where the RFCs leave a choice
//
// Wall time. A rule works on the calendar and the clock on the wall; the result
// is then placed in the time zone of the start. A wall time that a clock change
// skips is read with the offset before the change (RFC 5545 section 3.3.5), so
// 02:30 comes when the clock shows 03:30 on that day; section 3.3.10 says in one
// sentence that it is read so and in another that it is dropped, and a todo
// product must not lose a task. Its due stays 02:30, so that what is reckoned
// from it does not move for ever. A wall time that comes twice means the first of
// the two. Two occurrences that fall on the same instant are one, with the wall
// time that the clock shows.
//
// The start. It is an occurrence only if a rule yields it (RFC 5545 calls the
// other case undefined); a set without any rule begins with its start.
//
// Missing parts are taken from the start: the weekday for BYWEEKNO without
// BYDAY, the day of the month for BYMONTH alone, the time of day. BYHOUR,
// BYMINUTE and BYSECOND are ignored when the start is a date (section 3.3.10).
//
// Week numbers count in a year of their own: of BYWEEKNO rules the year of FREQ=YEARLY
// is that of ISO 8601, with weeks from WKST. It begins with the week that has four
// days in January, so that week 1 of 2031 begins on 30 December 2030 and is one week:
// INTERVAL=2 steps from week 1 of 2029 to it, and BYSETPOS and COUNT see all of its
// days together. The interval begins with the week-year of the start, which on 1
// January 2027 is 2026. BYMONTH, BYMONTHDAY and BYYEARDAY stay parts of the calendar:
// they keep those days of the named weeks that lie in such a month or have such a
// number there, in whichever of the two years.
//
// A leap second (BYSECOND=60) means second 59 (section 3.3.12).
//
// BYSETPOS counts in the whole period, also in the first one, of which the
// start may cut off a part.
//
// COUNT counts what the rule yields on the calendar, before EXDATE and before
// two occurrences fall together in a clock change.
//
// SKIP (RFC 7529) moves an invalid day of the month or of the year. A negative
// day before the first of the month moves to the last day of the month before
// (BACKWARD) or to the first (FORWARD). What the RFC says of days holds for weeks,
// of which it says nothing: week 53 of a year with 52 moves to week 52 or to week 1 of
// the next year. Beside BYMONTHDAY and BYYEARDAY, a moved day must lie in a week that
// BYWEEKNO names. Without RSCALE and SKIP an invalid day
// is omitted, as RFC 5545 demands; [Set.Clamped] is for tasks, where the 31st
// of a month means its last day when it has no 31st.
//
// X-STEP=BYDAY is this product's own part: INTERVAL counts only the days that
// BYDAY names, which is what people mean by "every 3 workdays" and no RFC 5545
// rule can say.
//
// Years run from 1 to 9999; a series ends there.
//
// # What it costs
//
// Going to any point takes no walk from the start: the place on the grid is
// arithmetic, periods of the same kind (14 kinds of years, 28 of months) are
// expanded once, and where an interval of minutes meets an hour of the day once in
// years a congruence finds it. Only COUNT has to know how much came before. It is not counted
// while even full periods could not have used it up, and else by periods, of which
// each costs the look-up of its kind: some 20 ns for each year of DAILY and YEARLY
// rules, each month of MONTHLY and each week of WEEKLY rules between the start and
// the time that is asked for. Weeks are the most: 36 years take 70 µs.
//
// The one class that is slower are rules with COUNT shorter than a day whose
// INTERVAL does not divide the day: the clock times then differ from day to day, so
// days are counted, at 10 ns each, or 50 ns when they differ in more than 4,096
// ways. 36 years take up to 0.7 ms.
//
// A set has at most [MaxRules] rules and [MaxDates] dates of each kind, and one question
// to a series looks at a bounded number of periods, days and units, which all rules
// share; then it ends with [ErrTooMuchWork]. The worst sets take some 50 ms, or 300 ms
// for 10,000 occurrences.
//
// # How sentences are understood
//
// docs/language.md has the rules with an example of each. Days that a month does
// not have move to its last day, unless the sentence says "if the day exists" (a
// rule without SKIP), "only if the day exists" (SKIP=OMIT) or "or the day after"
// (SKIP=FORWARD). One time of day belongs to the due, several to the rule.
//
// The dates in a sentence are read here and not by package dates, which builds on
// this one and reads whole phrases: where a recurrence needs one day, it finds
// ranges, durations and times, and it takes "june" for a name. A test keeps the
// words for a day the same in both.
package recurrence
