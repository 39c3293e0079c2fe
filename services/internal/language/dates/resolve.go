package dates

import (
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// resolve gives the result of a phrase; ok is false when it means no time of the
// calendar.
func (p *parser) resolve(said *phrase) (Result, bool) {
	from := &said.from
	result := Result{Parts: from.parts, DurationSeconds: from.duration}
	if from.isDuration() {
		return result, true
	}
	begin, ok := p.begin(from)
	if !ok {
		return Result{}, false
	}
	switch {
	case said.isRange:
		result.To, ok = p.endOfRange(&said.to, from)
	case from.hasEnd:
		result.To, ok = p.endOfClocks(from)
	case begin.HasTime() && from.duration > 0:
		result.To, ok = p.later(begin, from.duration)
	case from.days.isRange() && !begin.HasTime():
		result.To, ok = dateMoment(from.days.last), true
	}
	result.From = begin
	if !ok {
		return Result{}, false
	}
	if begin.HasTime() && result.To != nil && result.To.HasTime() && result.DurationSeconds == 0 {
		result.DurationSeconds, ok = secondsBetween(begin, result.To)
	}
	return result, ok
}

func (m *moment) isDuration() bool {
	return !m.hasDate && !m.hasTime && !m.hasPart && m.shift.IsZero()
}

// begin resolves a moment and leaves its day in m.
func (p *parser) begin(m *moment) (*Moment, bool) {
	if !m.shift.IsZero() {
		return p.momentAt(m.shift)
	}
	p.settle(m)
	if !m.hasTime {
		return dateMoment(m.days.first), true
	}
	if m.hasDate {
		return p.momentOn(m, m.days.first, m.clock.second)
	}
	return p.nearestTime(m)
}

// settle fits the time, the day and the part of the day to each other.
func (p *parser) settle(m *moment) {
	if m.hasPart {
		m.settlePart()
	} else {
		p.settleSpoken(m)
		p.settleToday(m)
	}
	if m.tonight && m.clock.second < smallHours || m.clock.dayEnd && m.hasDate {
		m.days = oneDay(m.days.first + 1)
	}
}

// settleSpoken puts an hour such as "at 5" into the half of the day in which people are up,
// or do what the text says: dinner at 8.
func (p *parser) settleSpoken(m *moment) {
	c, end := &m.clock, &m.end
	if !c.spoken || !c.open || c.second >= noon || m.hasEnd && end.second >= noon {
		return
	}
	afternoon := c.second < waking
	if part, known := p.occasion(); known {
		afternoon = part >= noon
	}
	if !afternoon {
		return
	}
	c.second += noon
	if m.hasEnd && end.open {
		end.second += noon
	}
}

// occasion is the part of the day of what the text is about, in seconds.
func (p *parser) occasion() (second int, known bool) {
	if p.occasions == nil {
		p.occasions = []int{}
		for _, readings := range p.readings {
			for _, reading := range readings {
				if reading.Kind == words.Occasion {
					p.occasions = append(p.occasions, reading.Value*60)
				}
			}
		}
	}
	if len(p.occasions) == 0 {
		return 0, false
	}
	return p.occasions[0], true
}

// settleToday moves a time of today that has passed to the one that people mean:
// the coming midnight, and "at 5" after noon.
func (p *parser) settleToday(m *moment) {
	if !m.hasDate || m.days.first != p.today || p.past() || m.hasEnd || m.zone != "" || m.isOffset {
		return
	}
	now := p.options.Now.Hour()*secondsPerHour + p.options.Now.Minute()*60
	switch c := &m.clock; {
	case c.midnight:
		m.days = oneDay(p.today + 1)
	case c.spoken && c.open && c.second < now && c.second < noon && c.second+noon >= now:
		c.second += noon
	}
}

// settlePart puts the hours into the named part of the day: 8 in the evening.
func (m *moment) settlePart() {
	part := m.dayPart * 60
	if !m.hasTime {
		m.clock, m.hasTime = clock{second: part}, true
		return
	}
	for _, c := range []*clock{&m.clock, &m.end} {
		switch {
		case !c.open || part < noon:
		case part >= night && c.second >= noon:
			c.second -= noon // 12 at night
		case part >= night && c.second < smallHours:
		case c.second < noon:
			c.second += noon
		}
	}
}

// nearestTime puts a time without a day where the lean says.
func (p *parser) nearestTime(m *moment) (*Moment, bool) {
	now := p.options.Now
	if m.isOffset {
		now = now.In(time.FixedZone("", m.offset))
	} else if m.zone != "" {
		if location, err := zones.Load(m.zone); err == nil {
			now = now.In(location)
		}
	}
	year, month, day := now.Date()
	today := dayOf(year, int(month), day)
	if p.ending {
		today = p.base
	}
	found, ok := p.momentOn(m, today, m.clock.second)
	if !ok {
		return nil, false
	}
	instant, err := time.Parse(time.RFC3339, found.Instant)
	if err != nil {
		return nil, false
	}
	switch {
	case p.past() && instant.After(p.options.Now):
		today--
	case !p.past() && instant.Before(p.options.Now.Truncate(time.Second)):
		today++
	}
	m.days, m.hasDate = oneDay(today), true
	return p.momentOn(m, today, m.clock.second)
}

// endOfRange resolves the second moment of a range; without a day it lies on
// that of the first, or the day after.
func (p *parser) endOfRange(to, from *moment) (*Moment, bool) {
	if to.hasTime && !to.hasDate {
		to.days, to.hasDate = from.days, true
		if to.clock.second <= from.clock.second {
			to.days = oneDay(to.days.first + 1)
		}
	}
	if to.zone == "" && !to.isOffset {
		to.zone, to.offset, to.isOffset = from.zone, from.offset, from.isOffset
	}
	return p.begin(to)
}

// endOfClocks is the end of a range of times on one day.
func (p *parser) endOfClocks(m *moment) (*Moment, bool) {
	day := m.days.first
	if m.end.second <= m.clock.second {
		day++
	}
	return p.momentOn(m, day, m.end.second)
}

// later is a moment some seconds after another one, in its zone.
func (p *parser) later(begin *Moment, seconds int64) (*Moment, bool) {
	instant, err := time.Parse(time.RFC3339, begin.Instant)
	if err != nil {
		return nil, false
	}
	due, err := recurrence.DueAt(instant.Add(time.Duration(seconds)*time.Second), begin.Zone)
	if err != nil {
		return nil, false
	}
	return withInstant(due)
}

// secondsBetween is the time from one moment to another. Where a clock change moves the
// first past the second, it is what lies between them on the wall.
func secondsBetween(from, to *Moment) (int64, bool) {
	begin, err1 := time.Parse(time.RFC3339, from.Instant)
	end, err2 := time.Parse(time.RFC3339, to.Instant)
	if err1 != nil || err2 != nil {
		return 0, false
	}
	if end.Before(begin) && from.Zone == to.Zone {
		begin, end = wallOf(from.Due), wallOf(to.Due)
	}
	seconds := int64(end.Sub(begin) / time.Second)
	return seconds, seconds >= 0
}

// wallOf is a local time as if clocks never changed.
func wallOf(due recurrence.Due) time.Time {
	wall, err := recurrence.Due{Date: due.Date, Time: due.Time, Zone: "UTC"}.Instant(nil)
	if err != nil {
		return time.Time{}
	}
	return wall
}

func dateMoment(day int) *Moment {
	return &Moment{Due: recurrence.Due{Date: formatDay(day)}}
}

// momentOn is a time on a day in the zone of m.
func (p *parser) momentOn(m *moment, day, second int) (*Moment, bool) {
	if !inCalendar(day) {
		return nil, false
	}
	if m.isOffset {
		return p.momentAt(time.Unix(int64(day)*secondsPerDay+int64(second-m.offset), 0))
	}
	zone := m.zone
	if zone == "" {
		zone = p.options.Now.Location().String()
	}
	return withInstant(recurrence.Due{Date: formatDay(day), Time: formatClock(second), Zone: zone})
}

// momentAt is an instant on the clock of the user.
func (p *parser) momentAt(instant time.Time) (*Moment, bool) {
	due, err := recurrence.DueAt(instant, p.options.Now.Location().String())
	if err != nil {
		return nil, false
	}
	return &Moment{Due: due, Instant: instant.In(p.options.Now.Location()).Format(time.RFC3339)}, true
}

func withInstant(due recurrence.Due) (*Moment, bool) {
	instant, err := due.Instant(nil)
	if err != nil {
		return nil, false
	}
	return &Moment{Due: due, Instant: instant.Format(time.RFC3339)}, true
}

func zoneExists(name string) bool {
	return recurrence.Due{Date: "2000-01-01", Time: "00:00", Zone: name}.Check() == nil
}

func formatDay(day int) string {
	year, month, dayOfMonth := civilOf(day)
	return fmt.Sprintf("%04d-%02d-%02d", year, month, dayOfMonth)
}

// formatClock leaves out seconds that are zero.
func formatClock(second int) string {
	text := fmt.Sprintf("%02d:%02d", second/secondsPerHour, second/60%60)
	if second%60 != 0 {
		text += fmt.Sprintf(":%02d", second%60)
	}
	return text
}
