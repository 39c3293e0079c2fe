package recurrence

import (
	"slices"
	"strconv"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// Text writes a set as a sentence that [ParseText] reads back as the same set
// and anchor: "every month on the 2nd Tuesday until 1 June 2027".
func Text(set Set, anchor Anchor, locale *words.Locale) string {
	w := textWriter{print: &locale.Print, after: anchor == AnchorCompletion}
	var clauses []string
	for _, rule := range set.Rules {
		clauses = append(clauses, w.rule(rule))
	}
	if len(set.RDates) > 0 {
		clauses = append(clauses, w.print.Phrase("also", "list", w.dates(set.RDates)))
	}
	if len(set.EXDates) > 0 {
		clauses = append(clauses, w.print.Phrase("except", "list", w.dates(set.EXDates)))
	}
	if !set.Start.IsZero() {
		clauses = append(clauses, w.print.Phrase("from", "date", w.date(set.Start)))
	}
	return strings.Join(clauses, "; ")
}

type textWriter struct {
	print *words.Print
	after bool
}

// rule writes one rule: its head, then a clause for each part the head leaves.
func (w *textWriter) rule(r Rule) string {
	whole := r
	clauses := []string{w.head(&r)}
	add := func(clause string) {
		if clause != "" {
			clauses = append(clauses, clause)
		}
	}
	add(w.dayInYear(&r))
	add(w.workdayOfMonth(&r))
	add(w.numbers("inWeek", r.ByWeekNo))
	add(w.ordinals("dayOfYear", r.ByYearDay))
	add(w.ordinals(monthDayTemplate(r), r.ByMonthDay))
	add(w.days(r.ByDay))
	add(w.months(r.ByMonth))
	add(w.times(&r))
	add(w.numbers("inHour", r.ByHour))
	add(w.numbers("inMinute", r.ByMinute))
	add(w.numbers("inSecond", r.BySecond))
	if len(r.BySetPos) > 0 {
		add(w.print.Phrase("only", "list", w.join(w.each(r.BySetPos))))
	}
	if r.WeekStart != Monday {
		add(w.print.Phrase("weeksFrom", "weekday", w.print.Weekdays[r.WeekStart]))
	}
	add(w.skip(whole))
	switch {
	case r.Count == 1:
		add(w.print.Phrase("time"))
	case r.Count > 1:
		add(w.print.Phrase("times", "n", strconv.Itoa(r.Count)))
	case !r.Until.IsZero():
		add(w.print.Phrase("until", "date", w.date(r.Until)))
	}
	return strings.Join(clauses, " ")
}

// head writes the frequency and removes from r what it says.
func (w *textWriter) head(r *Rule) string {
	unit := [...]string{"", "second", "minute", "hour", "day", "week", "month", "year"}[r.Freq]
	days := ""
	switch {
	case r.StepByDay && slices.Equal(r.ByDay, workdays()):
		unit, r.ByDay = "workday", nil
	case r.StepByDay:
		days, r.ByDay = " "+w.print.Phrase("countingOnly", "list", w.weekdays(r.ByDay)), nil
	case r.Freq == Weekly && slices.Equal(r.ByDay, workdays()):
		if r.Interval == 1 { // several are every 2 weeks on workdays
			unit, r.ByDay = "workday", nil
		}
	case r.Freq == Weekly && len(r.ByDay) > 0:
		unit, days = "weekday", w.weekdays(r.ByDay)
		r.ByDay = nil
	}
	mark := ""
	if w.after {
		mark = w.print.After
	}
	templates := w.print.Every[unit]
	text := words.Fill(templates[min(r.Interval, 3)-1], "!", mark, "n", strconv.Itoa(r.Interval), "days", days)
	if unit != "weekday" {
		text += days
	}
	return text
}

// monthDayTemplate says in what the days of the month count, where the sentence
// does not.
func monthDayTemplate(r Rule) string {
	if r.Freq == Yearly && len(r.ByMonth) == 0 {
		return "dayOfMonth"
	}
	return "day"
}

// dayInYear writes one day of one month and removes it from r.
func (w *textWriter) dayInYear(r *Rule) string {
	if r.Freq != Yearly || len(r.ByMonth) != 1 || len(r.ByMonthDay) != 1 || r.ByMonthDay[0] < 0 {
		return ""
	}
	const leapYear = 4
	if r.ByMonthDay[0] > daysInMonth(leapYear, r.ByMonth[0]) {
		return ""
	}
	day := w.print.Phrase("dayMonth", "day", strconv.Itoa(r.ByMonthDay[0]), "month", w.print.Months[r.ByMonth[0]-1])
	r.ByMonth, r.ByMonthDay = nil, nil
	return w.print.Phrase("on", "list", day)
}

// workdayOfMonth writes "the last workday" and removes it from r.
func (w *textWriter) workdayOfMonth(r *Rule) string {
	if r.Freq != Monthly || len(r.BySetPos) == 0 || !slices.Equal(r.ByDay, workdays()) || len(r.ByMonthDay) > 0 {
		return ""
	}
	list := w.join(w.each(r.BySetPos))
	r.ByDay, r.BySetPos = nil, nil
	return w.print.Phrase("on", "list", w.print.Phrase("workday", "nth", list))
}

// ordinals writes days by their numbers with a template for the last of them.
func (w *textWriter) ordinals(template string, numbers []int) string {
	if len(numbers) == 0 {
		return ""
	}
	list := w.print.Phrase(template, "nth", w.join(w.each(numbers)))
	return w.print.Phrase("on", "list", w.print.Phrase("the", "item", list))
}

// each writes ordinals: those from the start first.
func (w *textWriter) each(numbers []int) []string {
	var forward, backward []string
	for _, n := range numbers {
		switch {
		case n > 0:
			forward = append(forward, w.print.Ordinal(n))
		default:
			backward = append(backward, w.fromEnd(n))
		}
	}
	slices.Reverse(backward)
	return append(forward, backward...)
}

func (w *textWriter) fromEnd(n int) string {
	if n == -1 {
		return w.print.Phrase("last")
	}
	return w.print.Phrase("nthLast", "nth", w.print.Ordinal(-n))
}

// days writes BYDAY: weekdays with a number before those without.
func (w *textWriter) days(days []Day) string {
	if len(days) == 0 {
		return ""
	}
	plain := slices.DeleteFunc(slices.Clone(days), func(d Day) bool { return d.Ordinal != 0 })
	var items []string
	for _, day := range days {
		if day.Ordinal == 0 {
			continue
		}
		nth := w.each([]int{day.Ordinal})[0]
		item := w.print.Phrase("ordinalWeekday", "nth", nth, "weekday", w.print.Weekdays[day.Weekday])
		items = append(items, w.print.Phrase("the", "item", item))
	}
	var clauses []string
	if len(items) > 0 {
		clauses = append(clauses, w.print.Phrase("on", "list", w.join(items)))
	}
	if len(plain) > 0 {
		clauses = append(clauses, w.print.Phrase("on", "list", w.weekdays(plain)))
	}
	return strings.Join(clauses, " ")
}

func (w *textWriter) weekdays(days []Day) string {
	if slices.Equal(days, workdays()) {
		return w.print.Phrase("workdays")
	}
	var names []string
	for _, day := range days {
		names = append(names, w.print.Weekdays[day.Weekday])
	}
	return w.join(names)
}

func (w *textWriter) months(months []int) string {
	if len(months) == 0 {
		return ""
	}
	var names []string
	for _, month := range months {
		names = append(names, w.print.Months[month-1])
	}
	return w.print.Phrase("in", "list", w.join(names))
}

func (w *textWriter) numbers(template string, numbers []int) string {
	if len(numbers) == 0 {
		return ""
	}
	var items []string
	for _, n := range numbers {
		items = append(items, strconv.Itoa(n))
	}
	return w.print.Phrase(template, "list", w.join(items))
}

// times writes hours and minutes as times of day and removes them from r. One
// time alone is the due's, not the rule's, so it is not written like that.
func (w *textWriter) times(r *Rule) string {
	const most = 12
	count := len(r.ByHour) * len(r.ByMinute)
	if r.Freq < Daily || len(r.BySecond) > 0 || count < 2 || count > most {
		return ""
	}
	var items []string
	for _, hour := range r.ByHour {
		for _, minute := range r.ByMinute {
			items = append(items, formatClock(hour*3600+minute*60))
		}
	}
	r.ByHour, r.ByMinute = nil, nil
	return w.print.Phrase("at", "list", w.join(items))
}

// skip writes what happens to days that do not exist, unless it is what people
// expect: the last day before.
func (w *textWriter) skip(r Rule) string {
	switch {
	case r.Skip == SkipForward:
		return w.print.Phrase("orNext")
	case r.Skip == SkipOmit:
		return w.print.Phrase("onlyIfExists")
	case r.Skip == SkipUnset && r.canMissDays():
		return w.print.Phrase("ifExists")
	}
	return ""
}

func (w *textWriter) dates(dues []Due) string {
	var items []string
	for _, due := range dues {
		items = append(items, w.date(due))
	}
	return w.join(items)
}

func (w *textWriter) date(due Due) string {
	day, ok := parseDate(due.Date)
	if !ok {
		return due.Date
	}
	_, month, dayOfMonth := dateOf(day)
	text := w.print.Phrase("date", "day", strconv.Itoa(dayOfMonth),
		"month", w.print.Months[month-1], "year", formatDate(day)[:len("2006")])
	if !due.HasTime() {
		return text
	}
	clock := due.Time
	if due.Zone != "" {
		clock += " " + due.Zone
	}
	return w.print.Phrase("dateTime", "date", text, "time", clock)
}

func (w *textWriter) join(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], w.print.Phrase("separator")) + w.print.Phrase("final") + items[last]
}
