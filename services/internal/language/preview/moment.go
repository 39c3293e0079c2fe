package preview

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// What counts for a field that is empty or absent.
const (
	DefaultZone      = "UTC"
	DefaultLocale    = "en"
	DefaultWeekStart = "monday"
)

// Moment is when, where and in which language a text was written: the fields that all
// requests share.
type Moment struct {
	Now       string `json:"now,omitempty" maxLength:"40" example:"2026-11-26T10:00:00+01:00" doc:"When the text is read, RFC 3339; the present when absent"`
	Zone      string `json:"zone,omitempty" maxLength:"64" example:"Europe/Berlin" doc:"IANA zone of the words; the user's when absent"`
	Locale    string `json:"locale,omitempty" maxLength:"35" example:"en-GB" doc:"Language of the words, BCP 47; the user's when absent"`
	WeekStart string `json:"week-start,omitempty" maxLength:"20" example:"monday" doc:"First day of this week, such as sunday or SU; the user's when absent"`
}

// Read gives all that a moment says: now in the zone of the user, the vocabulary and
// the first day of the week. clock is the present, for a moment that does not name it.
func (m Moment) Read(clock time.Time) (time.Time, *words.Locale, recurrence.Weekday, error) {
	now, err := m.clock(clock)
	if err != nil {
		return time.Time{}, nil, 0, err
	}
	locale, err := m.words()
	if err != nil {
		return time.Time{}, nil, 0, err
	}
	weekStart, err := m.weekday()
	if err != nil {
		return time.Time{}, nil, 0, err
	}
	return now, locale, weekStart, nil
}

// location is the time zone of the user.
func (m Moment) location() (*time.Location, error) {
	zone, err := zones.Load(cmp.Or(m.Zone, DefaultZone))
	if err != nil {
		return nil, &Fault{Field: "zone", Message: fmt.Sprintf("zone %q is not known", m.Zone), Expected: "an IANA name such as " + zones.Example(m.Zone)}
	}
	return zone, nil
}

// clock is now in the zone of the user.
func (m Moment) clock(present time.Time) (time.Time, error) {
	zone, err := m.location()
	if err != nil {
		return time.Time{}, err
	}
	if m.Now == "" {
		return present.In(zone), nil
	}
	now, err := time.Parse(time.RFC3339, m.Now)
	if err != nil {
		return time.Time{}, &Fault{Field: "now", Message: fmt.Sprintf("now %q is not understood", m.Now), Expected: "RFC 3339, such as 2026-11-22T09:00:00Z"}
	}
	return now.In(zone), nil
}

// words is the vocabulary of the locale.
func (m Moment) words() (*words.Locale, error) {
	locale, err := words.Find(cmp.Or(m.Locale, DefaultLocale))
	if err != nil {
		return nil, &Fault{Field: "locale", Message: fmt.Sprintf("locale: %v", err), Expected: "a BCP 47 tag such as en"}
	}
	return locale, nil
}

// weekday is the first day of the week.
func (m Moment) weekday() (recurrence.Weekday, error) {
	name := cmp.Or(m.WeekStart, DefaultWeekStart)
	tokens := words.Split(name)
	if value, length := words.English().Match(tokens, words.Weekday); length > 0 && length == len(tokens) {
		return recurrence.Weekday(value), nil
	}
	if upper := strings.ToUpper(name); len(upper) == 2 {
		if at := slices.IndexFunc(weekdays, func(day recurrence.Weekday) bool { return day.String() == upper }); at >= 0 {
			return weekdays[at], nil
		}
	}
	return 0, &Fault{Field: "week-start", Message: fmt.Sprintf("week-start %q is no day of the week", m.WeekStart), Expected: "a day such as monday or MO"}
}

var weekdays = []recurrence.Weekday{recurrence.Monday, recurrence.Tuesday, recurrence.Wednesday, recurrence.Thursday,
	recurrence.Friday, recurrence.Saturday, recurrence.Sunday}

// localLayouts are the forms of a local date or time: ISO 8601 and the basic form of
// RFC 5545. The first two are dates.
var localLayouts = []string{time.DateOnly, "20060102", "2006-01-02T15:04:05", "2006-01-02T15:04", "20060102T150405"}

// instantLayouts are the forms of a time that names its offset.
var instantLayouts = []string{time.RFC3339, "20060102T150405Z"}

// parseDue reads a date, a local time in the zone of the user, or an instant.
func parseDue(field, text string, zone *time.Location) (recurrence.Due, error) {
	for i, layout := range localLayouts {
		local, err := time.Parse(layout, text)
		switch {
		case err != nil:
		case i < 2:
			return recurrence.Due{Date: local.Format(time.DateOnly)}, nil
		default:
			return recurrence.Due{Date: local.Format(time.DateOnly), Time: local.Format(time.TimeOnly), Zone: zone.String()}, nil
		}
	}
	for _, layout := range instantLayouts {
		if instant, err := time.Parse(layout, text); err == nil {
			return recurrence.DueAt(instant, zone.String())
		}
	}
	return recurrence.Due{}, &Fault{Field: field, Message: fmt.Sprintf("%s %q is not understood", field, text), Expected: "a date or local time, such as 2026-11-22 or 2026-11-22T09:00:00"}
}

// List is a JSON array of strings, or one string with commas.
type List []string

// UnmarshalJSON implements json.Unmarshaler. Its error is a *[Fault].
func (l *List) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*l = strings.FieldsFunc(one, func(r rune) bool { return r == ',' })
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return &Fault{Message: fmt.Sprintf("%.40s is neither a date nor a list of dates", data), Expected: "one text with commas, or a list of texts"}
	}
	*l = many
	return nil
}
