package recurrence

import "math/big"

// meeting says where an interval meets the few units that pass of all in a day, or
// in a week when weekdays are named. The interval and the cycle drift against each
// other, so that it may take years, and a step is found by a congruence.
type meeting struct {
	cycle   int   // units
	zero    int   // a unit with which a cycle begins
	passing []int // the units of a cycle that pass
	common  int   // greatest common divisor of cycle and interval
	inverse int   // of interval / common, modulo cycle / common
}

// maxPassing bounds the units looked at for one step: where more pass, the next
// one is near.
const maxPassing = 1000

// newMeeting gives nil when other parts decide as well or too many units pass.
func newMeeting(g *unitGrid) *meeting {
	if !g.masked || g.filtered && !g.weekdays {
		return nil
	}
	m := &meeting{cycle: g.perDay}
	days := []int{0}
	if g.weekdays {
		m.cycle, m.zero, days = 7*g.perDay, mondayZero*g.perDay, nil
		for weekday, isNamed := range g.calendar.plain {
			if isNamed {
				days = append(days, weekday)
			}
		}
	}
	for _, day := range days {
		for unit, ok := g.unitFrom(0, 0, 1); ok; unit, ok = g.unitFrom(unit+1, 0, 1) {
			if m.passing = append(m.passing, day*g.perDay+unit); len(m.passing) > maxPassing {
				return nil
			}
		}
	}
	m.common = gcd(m.cycle, g.interval)
	inverse := new(big.Int).ModInverse(big.NewInt(int64(g.interval/m.common)), big.NewInt(int64(m.cycle/m.common)))
	m.inverse = int(inverse.Int64())
	return m
}

// steps is the number of intervals from a unit to the first one that passes, itself
// included, forwards or, with the direction -1, backwards.
func (m *meeting) steps(unit, direction int) (steps int, ok bool) {
	for _, passing := range m.passing {
		apart := floorMod((passing+m.zero-unit)*direction, m.cycle)
		if apart%m.common != 0 {
			continue
		}
		if n := apart / m.common * m.inverse % (m.cycle / m.common); !ok || n < steps {
			steps, ok = n, true
		}
	}
	return steps, ok
}
