package recurrence

import (
	"fmt"
	"strconv"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// Due is when a task is due: a date, or a local time in a zone.
type Due struct {
	// Date is YYYY-MM-DD, from 0001-01-01 to 9999-12-31.
	Date string `json:"date"`
	// Time is HH:MM or HH:MM:SS; "" makes the due a date without a zone.
	Time string `json:"time,omitempty"`
	// Zone is the IANA name of the zone of Time. An RDATE or EXDATE may leave it
	// out and then takes the zone of the start.
	Zone string `json:"zone,omitempty"`
}

// DueOn is the date on which an instant falls in a zone.
func DueOn(instant time.Time, zone *time.Location) Due {
	return Due{Date: instant.In(zone).Format(time.DateOnly)}
}

// DueAt is an instant as local time in an IANA zone, to the second.
func DueAt(instant time.Time, zone string) (Due, error) {
	location, err := zones.Load(zone)
	if err != nil {
		return Due{}, err
	}
	local := instant.In(location)
	wall := local.Unix() + int64(offsetOf(local))
	if wall < firstWall || wall > lastWall {
		return Due{}, fmt.Errorf("%s is outside the years %d to %d", local.Format(time.RFC3339), minYear, maxYear)
	}
	return dueOfWall(wall, zone), nil
}

// IsZero reports whether d is no due at all.
func (d Due) IsZero() bool { return d == Due{} }

// HasTime reports whether d is a local time rather than a date.
func (d Due) HasTime() bool { return d.Time != "" }

// Check says what is wrong with d, or nil.
func (d Due) Check() error {
	_, err := d.resolve()
	return err
}

// Instant is the point in time that d means. A date means its first second in
// the given zone; for a local time the argument is not used and may be nil.
// A wall time that a clock change skips is read with the offset before it, one
// that comes twice means the first.
func (d Due) Instant(zone *time.Location) (time.Time, error) {
	wall, err := d.wall()
	if err != nil {
		return time.Time{}, err
	}
	if d.HasTime() {
		if zone, err = zones.Load(d.Zone); err != nil {
			return time.Time{}, err
		}
	}
	if zone == nil {
		return time.Time{}, fmt.Errorf("the date %s needs a zone to be an instant", d.Date)
	}
	return time.Unix(newTimeline(zone).instant(wall), 0).In(zone), nil
}

// String is the ISO 8601 form, with the zone in brackets (RFC 9557).
func (d Due) String() string {
	switch {
	case !d.HasTime():
		return d.Date
	case d.Zone == "":
		return d.Date + "T" + d.Time
	default:
		return d.Date + "T" + d.Time + "[" + d.Zone + "]"
	}
}

// resolve checks d in full and gives its wall time.
func (d Due) resolve() (int64, error) {
	wall, err := d.wall()
	if err != nil {
		return 0, err
	}
	switch {
	case d.HasTime() && d.Zone == "":
		return 0, fmt.Errorf("the due %s has a time and needs a zone such as Europe/Berlin", d)
	case !d.HasTime() && d.Zone != "":
		return 0, fmt.Errorf("the due %s is a date and cannot have the zone %s", d.Date, clipped(d.Zone))
	case d.HasTime():
		_, err = zones.Load(d.Zone)
	}
	return wall, err
}

// wall reads date and time and leaves the zone alone.
func (d Due) wall() (int64, error) {
	day, ok := parseDate(d.Date)
	if !ok {
		return 0, fmt.Errorf("the date %s is not a day of the calendar written as YYYY-MM-DD", quoted(d.Date))
	}
	if !d.HasTime() {
		return int64(day) * secondsPerDay, nil
	}
	second, ok := parseClock(d.Time)
	if !ok {
		return 0, fmt.Errorf("the time %s is not between 00:00 and 23:59, written as HH:MM or HH:MM:SS", quoted(d.Time))
	}
	return int64(day)*secondsPerDay + int64(second), nil
}

func dueOfDay(day int) Due {
	return Due{Date: formatDate(day)}
}

func dueOfWall(wall int64, zone string) Due {
	day := floorDiv(wall, secondsPerDay)
	return Due{Date: formatDate(int(day)), Time: formatClock(int(wall - day*secondsPerDay)), Zone: zone}
}

func parseDate(text string) (day int, ok bool) {
	if len(text) != len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	return dayOfDigits(text[0:4], text[5:7], text[8:10])
}

func dayOfDigits(yearText, monthText, dayText string) (day int, ok bool) {
	year, ok1 := parseDigits(yearText)
	month, ok2 := parseDigits(monthText)
	dayOfMonth, ok3 := parseDigits(dayText)
	if !ok1 || !ok2 || !ok3 || year < minYear || month < 1 || month > 12 ||
		dayOfMonth < 1 || dayOfMonth > daysInMonth(year, month) {
		return 0, false
	}
	return dayOf(year, month, dayOfMonth), true
}

func parseClock(text string) (second int, ok bool) {
	if len(text) == len("15:04") {
		text += ":00"
	}
	if len(text) != len(time.TimeOnly) || text[2] != ':' || text[5] != ':' {
		return 0, false
	}
	return secondOfDigits(text[0:2], text[3:5], text[6:8])
}

func secondOfDigits(hourText, minuteText, secondText string) (second int, ok bool) {
	hour, ok1 := parseDigits(hourText)
	minute, ok2 := parseDigits(minuteText)
	second, ok3 := parseDigits(secondText)
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return hour*3600 + minute*60 + second, true
}

// parseDigits reads decimal digits alone: no sign, no space.
func parseDigits(text string) (int, bool) {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func formatDate(day int) string {
	year, month, dayOfMonth := dateOf(day)
	b := make([]byte, 0, len(time.DateOnly))
	b = appendTwo(b, year/100)
	b = append(appendTwo(b, year%100), '-')
	b = append(appendTwo(b, month), '-')
	return string(appendTwo(b, dayOfMonth))
}

// formatClock leaves out seconds that are zero.
func formatClock(second int) string {
	b := make([]byte, 0, len(time.TimeOnly))
	b = append(appendTwo(b, second/3600), ':')
	b = appendTwo(b, second/60%60)
	if second%60 != 0 {
		b = appendTwo(append(b, ':'), second%60)
	}
	return string(b)
}

// appendTwo writes n, 0 to 99, with two digits.
func appendTwo(b []byte, n int) []byte {
	const digits = "0123456789"
	return append(b, digits[n/10], digits[n%10])
}
