// Package quickadd reads tasks as people type them: one line is one task, such as
// "Call mum next friday 9am for 45 min #Family @phone p1 !30m".
//
// [Parse] never fails: what it does not understand is title. Each thing that it
// understood is a [Span] of the text, so that a form can show it and the user can
// say "not this one", which is Options.Ignore.
//
// # The signs
//
//	tomorrow 9am, for 45 min     due, duration; see package dates
//	every 2nd tuesday            recurrence; see package recurrence
//	{friday}                     deadline
//	{from friday}                start
//	p1 to p4, !1 to !4           priority, 1 is the highest
//	@phone, *phone               tag, with PrefixesTodoist and PrefixesVikunja
//	#Family, +Family             project, with PrefixesTodoist and PrefixesVikunja
//	#Family/Trips, #Family /Trips  section of the project
//	#"Summer house"              a name with spaces
//	!30m, !tomorrow 9am          reminder: before the due, or at a time
//	"next friday", \tomorrow     stay text; the quotes stay, the backslash goes
//
// # What is ambiguous
//
// Of two dates, two recurrences, two projects or two priorities the first counts
// and the other one is title. A range of days is due on its first day, or today
// when that has passed. A date before today is text ("review last month"). A
// reminder on a date without a time is at 9:00. A name of digits alone is text
// ("fix #12"), and so is "/name" without a project. A line of which nothing is
// left is its own title. Bullets and numbers before the lines of a paste are left
// out.
package quickadd
