package recurrence

import "github.com/todoplatform/todoplatform/services/internal/language/words"

// edgeOfEvery reads the begin or the end of a period as its first or last day: "at the end of
// each month", "eom every month".
func (p *textParser) edgeOfEvery() bool {
	p.skipLead()
	return p.edge(false)
}

// edgeOfUnit reads the same behind a frequency: "every month at the end", "jeden Monat zum
// Monatsende".
func (p *textParser) edgeOfUnit() bool {
	if p.d.rule.Freq < Weekly || p.is(words.Until) { // as in "bis Ende Juni"
		return false
	}
	p.skipLead()
	return p.edge(true)
}

// skipLead leaves out a word that introduces a day.
func (p *textParser) skipLead() {
	for _, kind := range []words.Kind{words.On, words.At, words.By} {
		if p.skip(kind) {
			return
		}
	}
}

// edge reads the begin or the end of a period. Behind "every" only its name follows.
func (p *textParser) edge(isEvery bool) bool {
	day := -1
	unit, named := p.take(words.EndOfUnit)
	if !named {
		if p.skip(words.Begin) {
			day = 1
		} else if !p.skip(words.End) {
			return false
		}
		if !p.skip(words.The) && !isEvery && p.skip(words.Every) {
			isEvery = true
			p.d.rule.Interval = p.interval()
		}
		unit, named = p.take(words.Unit)
	}
	month, isMonth := 0, false
	if !named {
		month, isMonth = p.take(words.Month)
	}
	switch {
	case isMonth:
		p.d.rule.ByMonth = append(p.d.rule.ByMonth, month)
		unit = words.Year
	case !named && !p.closed():
		return false
	case !named:
		unit = p.d.unit()
	}
	if p.d.rule.Freq != 0 && !p.d.counts(unit) || !isEvery && !p.everyPeriod(unit) {
		return false
	}
	return p.d.setEdge(unit, day)
}

// unit is the period that the draft counts.
func (d *draft) unit() int {
	if d.ofQuarter {
		return words.Quarter
	}
	return int(d.rule.Freq)
}

// counts reports whether the draft counts such a period.
func (d *draft) counts(unit int) bool {
	const quarter = 3 // months
	return unit == d.unit() || unit == words.Quarter && d.rule.Freq == Monthly && d.rule.Interval == quarter
}

// setEdge puts the first (1) or the last (-1) day of a period into the draft.
func (d *draft) setEdge(unit, day int) bool {
	switch unit {
	case words.Week:
		weekday := Monday
		if day < 0 {
			weekday = Sunday
		}
		d.rule.Freq, d.rule.ByDay = Weekly, append(d.rule.ByDay, Day{Weekday: weekday})
		return true
	case words.MonthUnit:
		d.rule.Freq, d.ofMonth = Monthly, true
	case words.Quarter:
		if d.rule.Freq == 0 && d.rule.Interval > 1 {
			return false
		}
		d.rule.Freq, d.ofQuarter = Monthly, true
	case words.Year:
		d.rule.Freq = Yearly
	default:
		return false
	}
	d.days = append(d.days, day)
	return true
}
