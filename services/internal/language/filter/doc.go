// Package filter reads what people write to select tasks, such as
//
//	(today | overdue) & !@waiting
//
// Parse makes a Filter of it, the syntax tree; Filter.String prints that canonically.
// Bound to a moment and a zone it becomes a Query, which is both a condition of
// PostgreSQL and a function of a task in memory, with one meaning: each condition of
// the language has its two forms side by side in condition.go.
//
// # Meaning
//
// A due without a time is a day, whatever the zone; with a time it is an instant. A
// day in a filter is that day in the zone of the user, so a task due at 01:00 in
// Tokyo may be due on the day before in Berlin. Compared with a time, a whole day
// counts from its first second; only overdue waits until the day has ended.
//
// A wall time that comes twice means the first of the two and one that a clock change
// skips is read with the offset before, as in package recurrence. PostgreSQL by itself
// takes the second of the two, so the SQL corrects it.
//
// Names and searches do not mind the case of letters: both sides are compared in upper
// case by the rules of Unicode that no language changes.
//
// Words for dates are those of package dates, read anew whenever a filter is bound:
// a stored filter says "next monday", not a date.
package filter
