package recurrence

import (
	"cmp"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// Import reads a text as [Parse] does, and takes besides what other calendars write
// though RFC 5545 forbids it. zone is the one given beside the text, by its IANA or its
// Windows name; "" when there is none.
//
//   - A DTSTART that is a local time without a zone is one in the zone beside it.
//   - UNTIL as a local time is one in the zone of DTSTART, else in the zone beside it.
//   - UNTIL as a date beside a DTSTART with a time is the end of that day there; as a
//     time beside a DTSTART that is a date it is the date on which it falls.
//   - RDATE and EXDATE as dates beside a DTSTART with a time have its time of day.
//
// The set that it gives is one that Parse would read.
func Import(text, zone string) (Set, error) {
	r, fault := read(text)
	if fault != nil {
		return Set{}, fault
	}
	if zone != "" {
		var err error
		if zone, err = zones.Canonical(zone); err != nil {
			return Set{}, err
		}
	}
	set := r.set
	if set.Start.floats() {
		set.Start.Zone = zone
	}
	isDate := !set.Start.IsZero() && !set.Start.HasTime()
	zone = cmp.Or(set.Start.Zone, zone)
	if zone == "" && r.floating != nil && !isDate {
		return Set{}, r.floating
	}
	for i, rule := range set.Rules {
		switch {
		case !rule.Until.floats():
		case isDate:
			set.Rules[i].Until.Time = ""
		default:
			rule.Until.Zone = zone
			until, err := rule.Until.inUTC()
			if err != nil {
				return Set{}, err
			}
			set.Rules[i].Until = until
		}
	}
	if set.Start.IsZero() {
		return set, nil
	}
	var here *time.Location
	if zone != "" {
		var err error
		if here, err = zones.Load(zone); err != nil {
			return Set{}, err
		}
	}
	return set.Fit(set.Start, here)
}

// floats reports whether d is a local time without a zone (RFC 5545 section 3.3.5).
func (d Due) floats() bool { return d.HasTime() && d.Zone == "" }

// inUTC is the same instant in UTC, which UNTIL needs. At the end of all years the day
// of another zone may not end there, and the last second stands for it.
func (d Due) inUTC() (Due, error) {
	instant, err := d.Instant(nil)
	if err != nil {
		return Due{}, err
	}
	return dueOfWall(min(max(instant.Unix(), firstWall), lastWall), "UTC"), nil
}
