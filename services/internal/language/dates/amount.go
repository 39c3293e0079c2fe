package dates

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// amount is a length of time: calendar units, and seconds of the clock.
type amount struct {
	months, days int
	seconds      int64
}

// exact reports whether a counts on the clock rather than on the calendar.
func (a amount) exact() bool { return a.seconds != 0 }

func (a amount) negative() amount { return amount{-a.months, -a.days, -a.seconds} }

// amount reads "3 days", "an hour and a half", "1h30m", "2 hours and 5 minutes".
func (p *parser) amount() (amount, bool) {
	var sum amount
	smallest := len(rank)
	for first := true; ; first = false {
		more := p.try(func() bool {
			if !first {
				p.skip(words.And)
			}
			item, unit, ok := p.amountItem(smallest, first)
			if !ok || rank[unit] >= smallest {
				return false
			}
			smallest = rank[unit]
			sum.months += item.months
			sum.days += item.days
			sum.seconds += item.seconds
			return true
		})
		if !more {
			return sum, sum != amount{}
		}
	}
}

// rank orders units by length.
var rank = [...]int{
	words.Second: 1, words.Minute: 2, words.Hour: 3, words.Day: 4, words.Week: 5, words.Fortnight: 6,
	words.MonthUnit: 7, words.Quarter: 8, words.Year: 9,
}

// amountItem reads one number with its unit.
func (p *parser) amountItem(smallest int, first bool) (amount, int, bool) {
	if minutes, ok := p.take(words.Minutes); ok {
		return times(minutes, words.Minute), words.Minute, true
	}
	if hundredths, ok := p.take(words.Fraction); ok {
		unit, ok := p.take(words.Unit)
		part, fits := fraction(unit, hundredths, 100)
		return part, unit, ok && fits
	}
	n, ok := p.number()
	if !ok {
		return amount{}, 0, false
	}
	tenths := 0
	p.try(func() bool {
		if !p.glued(".") && !p.glued(p.locale.Decimal) {
			return false
		}
		digit, _, ok := p.gluedDigits(1)
		tenths = digit
		return ok
	})
	unit, ok := p.unit()
	if !ok && !first && smallest == rank[words.Hour] && p.tokens[p.at-1].Glued {
		unit, ok = words.Minute, true // as in 1h30
	}
	if !ok {
		return amount{}, 0, false
	}
	item := times(n, unit)
	if p.skip(words.AndAHalf) {
		tenths = 5
	}
	part, fits := fraction(unit, tenths, 10)
	if !fits {
		return amount{}, 0, false
	}
	item.months += part.months
	item.seconds += part.seconds
	return item, unit, true
}

// unit reads the unit behind a number.
func (p *parser) unit() (int, bool) {
	if unit, ok := p.take(words.Unit); ok {
		return unit, true
	}
	if next, ok := p.peek(0); ok && next.Glued {
		return p.take(words.ShortUnit)
	}
	return 0, false
}

func times(n, unit int) amount {
	switch unit {
	case words.Second:
		return amount{seconds: int64(n)}
	case words.Minute:
		return amount{seconds: int64(n) * 60}
	case words.Hour:
		return amount{seconds: int64(n) * secondsPerHour}
	case words.Day:
		return amount{days: n}
	case words.Week:
		return amount{days: 7 * n}
	case words.Fortnight:
		return amount{days: 14 * n}
	case words.MonthUnit:
		return amount{months: n}
	case words.Quarter:
		return amount{months: 3 * n}
	default:
		return amount{months: 12 * n}
	}
}

// fraction is a part of a unit; a month has none.
func fraction(unit, numerator, denominator int) (amount, bool) {
	whole := times(1, unit)
	if whole.months != 0 {
		months := whole.months * numerator
		return amount{months: months / denominator}, months%denominator == 0
	}
	seconds := whole.seconds + int64(whole.days)*secondsPerDay
	return amount{seconds: seconds * int64(numerator) / int64(denominator)}, true
}

// move counts an amount from a day; a month end clamps.
func (a amount) move(day int) int {
	if a.months != 0 {
		day = addMonths(day, a.months)
	}
	return day + a.days
}

// from counts an amount from an instant: the calendar on the wall, then the clock.
func (a amount) from(now time.Time) time.Time {
	if a.months != 0 || a.days != 0 {
		year, month, day := now.Date()
		moved := a.move(dayOf(year, int(month), day))
		y, m, d := civilOf(moved)
		now = time.Date(y, time.Month(m), d, now.Hour(), now.Minute(), now.Second(), 0, now.Location())
	}
	return now.Add(time.Duration(a.seconds) * time.Second)
}
