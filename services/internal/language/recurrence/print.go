package recurrence

import (
	"strconv"
	"strings"
)

var (
	frequencyNames = [...]string{"", "SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
	weekdayNames   = [...]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	skipNames      = [...]string{"", "OMIT", "BACKWARD", "FORWARD"}
)

// String is the name in a rule, such as DAILY.
func (f Frequency) String() string { return nameOf(frequencyNames[:], int(f)) }

// String is the name in a rule, such as MO.
func (w Weekday) String() string { return nameOf(weekdayNames[:], int(w)) }

// String is the name in a rule, such as BACKWARD.
func (s Skip) String() string { return nameOf(skipNames[:], int(s)) }

func nameOf(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return strconv.Itoa(i)
	}
	return names[i]
}

// String is the day as in BYDAY, such as MO or -1FR.
func (d Day) String() string {
	if d.Ordinal == 0 {
		return d.Weekday.String()
	}
	return strconv.Itoa(d.Ordinal) + d.Weekday.String()
}

// String is the canonical RRULE value: parts in one order, lists sorted, what
// equals the default left out.
func (r Rule) String() string {
	var b strings.Builder
	if r.Skip != SkipUnset {
		b.WriteString("RSCALE=GREGORIAN;")
	}
	b.WriteString("FREQ=" + r.Freq.String())
	if r.Skip != SkipUnset {
		b.WriteString(";SKIP=" + r.Skip.String())
	}
	if r.Interval > 1 {
		b.WriteString(";INTERVAL=" + strconv.Itoa(r.Interval))
	}
	if r.StepByDay {
		b.WriteString(";X-STEP=BYDAY")
	}
	if r.Count > 0 {
		b.WriteString(";COUNT=" + strconv.Itoa(r.Count))
	}
	if !r.Until.IsZero() {
		b.WriteString(";UNTIL=" + basic(r.Until))
	}
	writeList(&b, "BYMONTH", r.ByMonth, strconv.Itoa)
	writeList(&b, "BYWEEKNO", r.ByWeekNo, strconv.Itoa)
	writeList(&b, "BYYEARDAY", r.ByYearDay, strconv.Itoa)
	writeList(&b, "BYMONTHDAY", r.ByMonthDay, strconv.Itoa)
	writeList(&b, "BYDAY", r.ByDay, Day.String)
	writeList(&b, "BYHOUR", r.ByHour, strconv.Itoa)
	writeList(&b, "BYMINUTE", r.ByMinute, strconv.Itoa)
	writeList(&b, "BYSECOND", r.BySecond, strconv.Itoa)
	writeList(&b, "BYSETPOS", r.BySetPos, strconv.Itoa)
	if r.WeekStart != Monday {
		b.WriteString(";WKST=" + r.WeekStart.String())
	}
	return b.String()
}

func writeList[T any](b *strings.Builder, name string, list []T, text func(T) string) {
	for i, item := range list {
		if i == 0 {
			b.WriteString(";" + name + "=")
		} else {
			b.WriteByte(',')
		}
		b.WriteString(text(item))
	}
}

// String is the canonical text: the bare RRULE value when that is all there is,
// else one line for each rule and for the dates of each kind.
func (s Set) String() string {
	if len(s.Rules) == 1 && s.Start.IsZero() && len(s.RDates) == 0 && len(s.EXDates) == 0 {
		return s.Rules[0].String()
	}
	var lines []string
	if !s.Start.IsZero() {
		lines = append(lines, dateLines("DTSTART", []Due{s.Start})...)
	}
	for _, r := range s.Rules {
		lines = append(lines, "RRULE:"+r.String())
	}
	lines = append(lines, dateLines("RDATE", s.RDates)...)
	lines = append(lines, dateLines("EXDATE", s.EXDates)...)
	return strings.Join(lines, "\n")
}

// sameKind says whether two dates can share a line.
func sameKind(a, b Due) bool { return a.HasTime() == b.HasTime() && a.Zone == b.Zone }

// dateLines writes dates in their order, a line for each run of the same kind.
func dateLines(name string, dues []Due) []string {
	var lines []string
	var previous Due
	for i, due := range dues {
		if i > 0 && sameKind(previous, due) {
			lines[len(lines)-1] += "," + basic(due)
		} else {
			lines = append(lines, name+parameter(due)+":"+basic(due))
		}
		previous = due
	}
	return lines
}

// parameter tells the kind of a date (RFC 5545 sections 3.2.19 and 3.2.20).
func parameter(d Due) string {
	switch {
	case !d.HasTime():
		return ";VALUE=DATE"
	case d.Zone != "" && d.Zone != "UTC":
		return ";TZID=" + d.Zone
	}
	return ""
}

// basic writes a due as DATE or DATE-TIME value. The due is a valid one.
func basic(d Due) string {
	date := strings.ReplaceAll(d.Date, "-", "")
	if !d.HasTime() {
		return date
	}
	clock := strings.ReplaceAll(d.Time, ":", "")
	if len(clock) == len("0900") {
		clock += "00"
	}
	if d.Zone == "UTC" {
		clock += "Z"
	}
	return date + "T" + clock
}
