package dates

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// The calendar without zones: a day is the number of days since 1970-01-01.

const (
	secondsPerDay  = 86400
	secondsPerHour = 3600
	minYear        = 1
	maxYear        = 9999
)

func dayOf(year, month, day int) int {
	return int(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

func civilOf(day int) (year, month, dayOfMonth int) {
	year, m, dayOfMonth := time.Unix(int64(day)*secondsPerDay, 0).UTC().Date()
	return year, int(m), dayOfMonth
}

// validDay is dayOf for a date that may not exist.
func validDay(year, month, day int) (int, bool) {
	if year < minYear || year > maxYear || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return dayOf(year, month, day), true
}

func inCalendar(day int) bool {
	return day >= dayOf(minYear, 1, 1) && day <= dayOf(maxYear, 12, 31)
}

func daysIn(year, month int) int { return dayOf(year, month+1, 1) - dayOf(year, month, 1) }

// weekdayOf counts from Monday, 0; day 0 was a Thursday.
func weekdayOf(day int) int { return floorMod(day+3, 7) }

func floorMod(a, b int) int { return ((a % b) + b) % b }

// addMonths clamps to the end of the month.
func addMonths(day, months int) int {
	year, month, dayOfMonth := civilOf(day)
	total := year*12 + month - 1 + months
	year, month = (total-floorMod(total, 12))/12, floorMod(total, 12)+1
	return dayOf(year, month, min(dayOfMonth, daysIn(year, month)))
}

// days is a range of days, both included.
type days struct{ first, last int }

func oneDay(day int) days { return days{day, day} }

func (d days) isRange() bool { return d.first != d.last }

// period is the week, weekend, month, quarter or year that holds a day, moved by
// some of its kind.
func (p *parser) period(unit, day, moved int) (days, bool) {
	year, month, _ := civilOf(day)
	switch unit {
	case words.Day:
		return oneDay(day + moved), true
	case words.Week:
		first := day - floorMod(weekdayOf(day)-int(p.options.WeekStart), 7) + 7*moved
		return days{first, first + 6}, true
	case words.Fortnight:
		first := day - floorMod(weekdayOf(day)-int(p.options.WeekStart), 7) + 14*moved
		return days{first, first + 13}, true
	case words.MonthUnit:
		first := addMonths(dayOf(year, month, 1), moved)
		return days{first, addMonths(first, 1) - 1}, true
	case words.Quarter:
		first := addMonths(dayOf(year, month-(month-1)%3, 1), 3*moved)
		return days{first, addMonths(first, 3) - 1}, true
	case words.Year:
		first := addMonths(dayOf(year, 1, 1), 12*moved)
		return days{first, addMonths(first, 12) - 1}, true
	}
	return days{}, false
}

// weekend is the Saturday and Sunday of which the Sunday is at or after a day,
// moved by weeks.
func weekend(day, moved int) days {
	sunday := day + 6 - weekdayOf(day) + 7*moved
	return days{sunday - 1, sunday}
}

// nearest finds the date of some year that lies where the lean says, base
// included. A leap day may be eight years away.
func (p *parser) nearest(of func(year int) (days, bool)) (days, bool) {
	year, _, _ := civilOf(p.base)
	step := 1
	if p.past() {
		step = -1
	}
	for i := -1; i <= 8; i++ {
		found, ok := of(year + i*step)
		if ok && ((step > 0 && found.last >= p.base) || (step < 0 && found.first <= p.base)) {
			return found, true
		}
	}
	return days{}, false
}

// weekdayFrom is the first such weekday after a day, or the last before it
// with the lean to the past.
func (p *parser) weekdayFrom(weekday, day int) int {
	if p.within && day == p.base {
		return day + floorMod(weekday-weekdayOf(day), 7)
	}
	if p.past() {
		return day - 7 + floorMod(weekday-weekdayOf(day), 7)
	}
	return day + 7 - floorMod(weekdayOf(day)-weekday, 7)
}
