package recurrence

import (
	"fmt"
	"time"
)

// Fit is the set for a start of another kind, such as the due of a task that
// gained or lost its time. When the start is a date, UNTIL becomes the date it
// falls on in the user's zone (nil: UTC), and RDATE and EXDATE lose their time.
// When it is a time, an UNTIL that is a date becomes the last second of that day
// in the zone of the start, and RDATE and EXDATE take its time of day.
func (s Set) Fit(start Due, zone *time.Location) (Set, error) {
	s = s.Clone()
	for i, rule := range s.Rules {
		if rule.Until.IsZero() || rule.Until.HasTime() == start.HasTime() {
			continue
		}
		until, err := fitUntil(rule.Until, start, zone)
		if err != nil {
			return Set{}, fmt.Errorf("UNTIL: %w", err)
		}
		s.Rules[i].Until = until
	}
	for _, dues := range [][]Due{s.RDates, s.EXDates} {
		for i, due := range dues {
			if due.HasTime() != start.HasTime() {
				dues[i] = due.like(start)
			}
		}
	}
	return s, nil
}

func fitUntil(until, start Due, zone *time.Location) (Due, error) {
	if zone == nil {
		zone = time.UTC
	}
	if start.HasTime() {
		until = Due{Date: until.Date, Time: "23:59:59", Zone: start.Zone}
	}
	instant, err := until.Instant(nil)
	if err != nil {
		return Due{}, err
	}
	if start.HasTime() {
		return DueAt(instant, "UTC")
	}
	return DueOn(instant, zone), nil
}
