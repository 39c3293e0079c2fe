package todo

import (
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestInstantFollowsTheZonesRules(t *testing.T) {
	cases := []struct {
		name, date, clock, zone, want string
	}{
		{"winter", "2026-12-01", "09:00", "Europe/Berlin", "2026-12-01T08:00:00Z"},
		{"summer", "2026-07-01", "09:00", "Europe/Berlin", "2026-07-01T07:00:00Z"},
		{"skipped hour takes the offset before", "2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"},
		{"hour before the jump", "2026-03-29", "01:59", "Europe/Berlin", "2026-03-29T00:59:00Z"},
		{"hour after the jump", "2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T01:00:00Z"},
		{"doubled hour means the first", "2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"},
		{"after the doubled hour", "2026-10-25", "03:00", "Europe/Berlin", "2026-10-25T02:00:00Z"},
		{"doubled hour west of Greenwich", "2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30:00Z"},
		{"skipped midnight", "2026-09-06", "00:00", "America/Santiago", "2026-09-06T04:00:00Z"},
		{"half-hour jump", "2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45:00Z"},
		{"date line", "2026-01-01", "00:30", "Pacific/Kiritimati", "2025-12-31T10:30:00Z"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			due := Due{Date: c.date, Time: c.clock, Zone: c.zone}
			wall, err := due.Wall("")
			if err != nil {
				t.Fatal(err)
			}
			zone, err := due.Location("")
			if err != nil {
				t.Fatal(err)
			}
			if got := Instant(wall, zone).UTC().Format(time.RFC3339); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestAZoneThatIsRefusedIsNotItsOwnExample(t *testing.T) {
	for _, name := range []string{"Mars/Olympus", "europe/berlin", "Europe/Berlin ", "Local"} {
		_, err := Due{Date: "2026-12-01", Zone: name}.Location("UTC")
		message := failure.Public(err).Message
		_, example, _ := strings.Cut(message, name)
		if err == nil || strings.Contains(strings.ToLower(example), strings.ToLower(strings.TrimSpace(name))) {
			t.Errorf("%q: %q", name, message)
		}
	}
}

func TestDueNamesTheFieldAtFault(t *testing.T) {
	cases := []struct {
		name  string
		due   Due
		field string
	}{
		{"no such day", Due{Date: "2026-02-30"}, "due.date"},
		{"no such time", Due{Date: "2026-02-28", Time: "25:00"}, "due.time"},
		{"no such zone", Due{Date: "2026-02-28", Zone: "Mars/Olympus"}, "due.zone"},
		{"no zone at all", Due{Date: "2026-02-28"}, "zone"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.due.Wall("09:00")
			if err == nil {
				_, err = c.due.Location("")
			}
			if got := failure.Public(err); got.Kind != failure.Invalid || got.Field != c.field {
				t.Errorf("got %v, want an invalid %s", err, c.field)
			}
		})
	}
}
