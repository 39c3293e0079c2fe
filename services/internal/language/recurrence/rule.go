package recurrence

import (
	"cmp"
	"slices"
)

// Frequency is the period of a rule.
type Frequency int

// The frequencies of RFC 5545, from the shortest period to the longest.
const (
	Secondly Frequency = iota + 1
	Minutely
	Hourly
	Daily
	Weekly
	Monthly
	Yearly
)

// Weekday counts from Monday, the week's first day unless WKST says otherwise.
type Weekday int

// The days of the week.
const (
	Monday Weekday = iota
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	Sunday
)

// Day is one element of BYDAY.
type Day struct {
	// Ordinal picks one such weekday of the month or year: 2 the second, -1 the
	// last. 0 means each of them.
	Ordinal int
	Weekday Weekday
}

// Skip says what happens to a day that a month or year does not have (RFC 7529).
type Skip int

// The ways to skip. Without the part a rule omits such days, too; SkipOmit says
// so on purpose, see [Set.Clamped].
const (
	SkipUnset Skip = iota
	SkipOmit
	SkipBackward
	SkipForward
)

// Rule is one RRULE. Lists are sorted and without duplicates.
type Rule struct {
	Freq     Frequency
	Interval int // at least 1
	// StepByDay is X-STEP=BYDAY: Interval counts only the days in ByDay.
	StepByDay bool
	// Count and Until end the rule; at most one of them is set. Until is a date,
	// or a time in UTC, and is itself included.
	Count int
	Until Due

	ByMonth    []int
	ByWeekNo   []int
	ByYearDay  []int
	ByMonthDay []int
	ByDay      []Day
	ByHour     []int
	ByMinute   []int
	BySecond   []int
	BySetPos   []int

	WeekStart Weekday
	Skip      Skip
}

// Set is a recurrence set without its start: what a task stores.
type Set struct {
	// Start is the DTSTART line, if the text had one.
	Start   Due
	Rules   []Rule
	RDates  []Due
	EXDates []Due
}

// IsZero reports whether s has no rule and no date.
func (s Set) IsZero() bool {
	return s.Start.IsZero() && len(s.Rules) == 0 && len(s.RDates) == 0 && len(s.EXDates) == 0
}

// Clone copies s so that a change of the copy leaves s alone.
func (s Set) Clone() Set {
	s.Rules = slices.Clone(s.Rules)
	s.RDates = slices.Clone(s.RDates)
	s.EXDates = slices.Clone(s.EXDates)
	return s
}

// Clamped is the set as a task means it: a rule that does not say what happens
// to days a month does not have, and takes its day from the start, moves them
// back to the last day (31 January, 28 February, 31 March). SKIP=OMIT keeps the
// meaning of RFC 5545.
func (s Set) Clamped() Set {
	s = s.Clone()
	for i, r := range s.Rules {
		if r.Skip == SkipUnset && r.dayFromStart() && r.canMissDays() {
			s.Rules[i].Skip = SkipBackward
		}
	}
	return s
}

// dayFromStart reports whether the day of the month comes from the start.
func (r Rule) dayFromStart() bool {
	return (r.Freq == Monthly || r.Freq == Yearly) &&
		len(r.ByWeekNo)+len(r.ByYearDay)+len(r.ByMonthDay)+len(r.ByDay) == 0
}

// canMissDays reports whether the rule may name a day that a month or year does
// not have, or the days of such a week, which is when SKIP matters.
func (r Rule) canMissDays() bool {
	if r.Freq != Monthly && r.Freq != Yearly {
		return false
	}
	if len(r.ByYearDay)+len(r.ByMonthDay) == 0 && (slices.Contains(r.ByWeekNo, 53) || slices.Contains(r.ByWeekNo, -53)) {
		return true
	}
	if slices.Contains(r.ByYearDay, 366) || slices.Contains(r.ByYearDay, -366) {
		return true
	}
	days := r.ByMonthDay
	if r.dayFromStart() {
		days = []int{31}
	}
	months := r.ByMonth
	if len(months) == 0 {
		months = []int{2}
	}
	const commonYear = 1
	for _, month := range months {
		for _, day := range days {
			if max(day, -day) > daysInMonth(commonYear, month) {
				return true
			}
		}
	}
	return false
}

// normalize sorts lists and drops what cannot change the meaning.
func (r *Rule) normalize() {
	for _, list := range []*[]int{
		&r.ByMonth, &r.ByWeekNo, &r.ByYearDay, &r.ByMonthDay, &r.ByHour, &r.ByMinute, &r.BySecond, &r.BySetPos,
	} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	slices.SortFunc(r.ByDay, func(a, b Day) int {
		return cmp.Or(cmp.Compare(a.Ordinal, b.Ordinal), cmp.Compare(a.Weekday, b.Weekday))
	})
	r.ByDay = slices.Compact(r.ByDay)
	if !r.canMissDays() {
		r.Skip = SkipUnset
	}
	if r.Interval == 1 {
		r.StepByDay = false
	}
}
