package todo

import (
	"embed"
	"io/fs"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

const (
	dateLayout = "2006-01-02"
	timeLayout = "15:04"
)

// Wall returns the clock reading of d, carried by a time in UTC so that days and hours
// can be added without a zone's jumps. A whole day reads dayTime (HH:MM).
func (d Due) Wall(dayTime string) (time.Time, error) {
	clock := d.Time
	if clock == "" {
		clock = dayTime
	}
	if _, err := time.Parse(dateLayout, d.Date); err != nil {
		return time.Time{}, failure.InvalidField("due.date", "%q is not a date such as 2026-12-01", d.Date)
	}
	wall, err := time.Parse(dateLayout+"T"+timeLayout, d.Date+"T"+clock)
	if err != nil {
		return time.Time{}, failure.InvalidField("due.time", "%q is not a time such as 09:00", clock)
	}
	return wall, nil
}

// Location returns the zone in which d is reckoned: its own, or else the user's.
func (d Due) Location(userZone string) (*time.Location, error) {
	if d.Zone != "" {
		return location("due.zone", d.Zone)
	}
	return location("zone", userZone)
}

func location(field, name string) (*time.Location, error) {
	zone, err := zones.Load(name)
	if err != nil {
		return nil, failure.InvalidField(field, "%s", err)
	}
	return zone, nil
}

//go:embed clock.sql
var sql embed.FS

// SQL returns what Instant is in the database, for store.Schema.
func SQL() fs.FS { return sql }

// Instant returns the moment at which clocks in zone read wall (a time in UTC, see
// Due.Wall). A reading that occurs twice means the first one; one that is skipped is
// reckoned with the offset before the jump (RFC 5545 section 3.3.5).
func Instant(wall time.Time, zone *time.Location) time.Time {
	before, after := wallOffset(wall.AddDate(0, 0, -1), zone), wallOffset(wall.AddDate(0, 0, 1), zone)
	first, second := wall.Add(-before), wall.Add(-after)
	if wallOffset(first, zone) != before && wallOffset(second, zone) == after {
		return second.In(zone)
	}
	return first.In(zone)
}

// wallOffset returns how far clocks in zone are ahead of UTC at a moment.
func wallOffset(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
