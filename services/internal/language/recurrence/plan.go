package recurrence

import (
	"fmt"
	"slices"
)

// plan is a rule bound to a start: parts that come from the start are filled in.
// It does not change and may be shared.
type plan struct {
	rule     Rule
	calendar calendar
	start    int64 // wall
	// clock holds what BYHOUR, BYMINUTE and BYSECOND add to one day, or to one
	// hour, minute or second of a rule with such a period: seconds, ascending.
	clock []int
	// never is set when no occurrence can exist.
	never bool
}

// grid finds what a plan yields on the wall clock, near any point, and counts it
// by periods, which are numbered in order of time. A grid remembers where it was,
// so it is not for concurrent use. Once its work is spent, what it says means nothing.
type grid interface {
	// ceil gives the first occurrence at or after a wall time, floor the last one
	// at or before it.
	ceil(wall int64) (int64, bool)
	floor(wall int64) (int64, bool)
	// periods gives the number of the start's period, the step to the next one
	// that INTERVAL reaches, and the most occurrences that one can hold.
	periods() (first, step, most int)
	// periodOf is the last period that may hold an occurrence up to a wall time.
	periodOf(wall int64) int
	// size counts the occurrences of a period, and before those that come before a
	// wall time, both also before the start; at gives one of them, from 0.
	size(period int) int
	before(period int, wall int64) int
	at(period, i int) int64
}

// newPlan binds a rule to the wall time of a start. A rule made by hand is
// checked as strictly as one that was read.
func newPlan(rule Rule, start int64, isDate bool) (*plan, error) {
	rule, err := parseRule(rule.String(), 0)
	if err != nil {
		return nil, err
	}
	if isDate {
		if rule.Freq < Daily {
			return nil, &Error{Part: "FREQ", Message: fmt.Sprintf("%s needs a start with a time", rule.Freq)}
		}
		rule.ByHour, rule.ByMinute, rule.BySecond = nil, nil, nil
	}
	p := &plan{rule: rule, start: start}
	p.rule.complete(start)
	p.calendar = newCalendar(&p.rule)
	p.clock = clockTimes(&p.rule)
	if p.rule.Freq <= Daily {
		p.clock = pickPositions(p.clock, p.rule.BySetPos)
		p.never = !newUnitGrid(p, newWork()).possible()
	}
	return p, nil
}

func (p *plan) grid(w *work) grid {
	if p.rule.Count > 0 && !p.never {
		return newCounted(p.endless(w), w, p.start, p.rule.Count)
	}
	return p.endless(w)
}

// endless is the grid without COUNT.
func (p *plan) endless(w *work) grid {
	if p.rule.Freq <= Daily {
		return newUnitGrid(p, w)
	}
	return newPeriodGrid(p, w)
}

// complete takes from the start what the rule leaves open (RFC 5545 section
// 3.3.10: "information not contained in the rule").
func (r *Rule) complete(start int64) {
	day := int(floorDiv(start, secondsPerDay))
	second := int(floorMod(start, secondsPerDay))
	_, month, dayOfMonth := dateOf(day)
	switch {
	case r.dayFromStart():
		if r.Freq == Yearly && len(r.ByMonth) == 0 {
			r.ByMonth = []int{month}
		}
		r.ByMonthDay = []int{dayOfMonth}
	case r.Freq == Weekly && len(r.ByDay) == 0,
		len(r.ByWeekNo) > 0 && len(r.ByYearDay)+len(r.ByMonthDay)+len(r.ByDay) == 0:
		r.ByDay = []Day{{Weekday: weekdayOf(day)}}
	}
	if r.Freq >= Daily && len(r.ByHour) == 0 {
		r.ByHour = []int{second / 3600}
	}
	if r.Freq >= Hourly && len(r.ByMinute) == 0 {
		r.ByMinute = []int{second / 60 % 60}
	}
	if r.Freq >= Minutely && len(r.BySecond) == 0 {
		r.BySecond = []int{second % 60}
	}
}

// clockTimes combines the parts below the rule's period; for SECONDLY that is
// nothing but the second itself.
func clockTimes(r *Rule) []int {
	hours, minutes, seconds := []int{0}, []int{0}, []int{0}
	if r.Freq >= Daily {
		hours = r.ByHour
	}
	if r.Freq >= Hourly {
		minutes = r.ByMinute
	}
	if r.Freq >= Minutely {
		seconds = r.BySecond
	}
	times := make([]int, 0, len(hours)*len(minutes)*len(seconds))
	for _, hour := range hours {
		for _, minute := range minutes {
			for _, second := range seconds {
				times = append(times, hour*3600+minute*60+min(second, 59))
			}
		}
	}
	return slices.Compact(times)
}

// pickPositions applies BYSETPOS to a list.
func pickPositions(list []int, positions []int) []int {
	if len(positions) == 0 {
		return list
	}
	var picked []int
	for _, position := range positions {
		if i, ok := nth(position, len(list)); ok {
			picked = append(picked, list[i])
		}
	}
	return sorted(picked)
}
