package recurrence

import (
	"slices"
	"strings"
	"testing"
)

// TestWallTimesStay proves that a due keeps the time that its rule names, also where a
// clock change skips it or makes it come twice. Only its instant moves.
func TestWallTimesStay(t *testing.T) {
	tests := []struct{ name, start, rule, dues, instants string }{
		{"Berlin goes forward", "2026-03-28 02:30 Europe/Berlin", "FREQ=DAILY",
			"2026-03-28T02:30 2026-03-29T02:30 2026-03-30T02:30", "02:30+01:00 03:30+02:00 02:30+02:00"},
		{"Berlin goes back", "2026-10-24 02:30 Europe/Berlin", "FREQ=DAILY",
			"2026-10-24T02:30 2026-10-25T02:30 2026-10-26T02:30", "02:30+02:00 02:30+02:00 02:30+01:00"},
		{"a start in Berlin's gap", "2026-03-29 02:30 Europe/Berlin", "FREQ=WEEKLY",
			"2026-03-29T02:30 2026-04-05T02:30", "03:30+02:00 02:30+02:00"},
		{"New York goes forward", "2026-03-07 02:15 America/New_York", "FREQ=DAILY",
			"2026-03-07T02:15 2026-03-08T02:15 2026-03-09T02:15", "02:15-05:00 03:15-04:00 02:15-04:00"},
		{"New York goes back", "2026-10-31 01:30 America/New_York", "FREQ=DAILY",
			"2026-10-31T01:30 2026-11-01T01:30 2026-11-02T01:30", "01:30-04:00 01:30-04:00 01:30-05:00"},
		{"Lord Howe goes forward by half an hour", "2026-10-03 02:15 Australia/Lord_Howe", "FREQ=DAILY",
			"2026-10-03T02:15 2026-10-04T02:15 2026-10-05T02:15", "02:15+10:30 02:45+11:00 02:15+11:00"},
		{"Lord Howe goes back by half an hour", "2026-04-04 01:45 Australia/Lord_Howe", "FREQ=DAILY",
			"2026-04-04T01:45 2026-04-05T01:45 2026-04-06T01:45", "01:45+11:00 01:45+11:00 01:45+10:30"},
		{"Santiago goes forward at midnight", "2026-09-05 00:00 America/Santiago", "FREQ=DAILY",
			"2026-09-05T00:00 2026-09-06T00:00 2026-09-07T00:00", "00:00-04:00 01:00-03:00 00:00-03:00"},
		{"Santiago goes back at midnight", "2026-04-03 23:30 America/Santiago", "FREQ=DAILY",
			"2026-04-03T23:30 2026-04-04T23:30 2026-04-05T23:30", "23:30-03:00 23:30-03:00 23:30-04:00"},
		{"Casablanca goes forward after Ramadan", "2026-03-21 02:30 Africa/Casablanca", "FREQ=DAILY",
			"2026-03-21T02:30 2026-03-22T02:30 2026-03-23T02:30", "02:30Z 03:30+01:00 02:30+01:00"},
		{"Casablanca goes back before Ramadan", "2026-02-14 02:30 Africa/Casablanca", "FREQ=DAILY",
			"2026-02-14T02:30 2026-02-15T02:30 2026-02-16T02:30", "02:30+01:00 02:30+01:00 02:30Z"},
		{"Kolkata never changes", "2026-03-28 02:30 Asia/Kolkata", "FREQ=DAILY",
			"2026-03-28T02:30 2026-03-29T02:30", "02:30+05:30 02:30+05:30"},

		{"a month's day in the gap", "2026-02-28 02:30 Europe/Berlin", "FREQ=MONTHLY;BYDAY=-1SU",
			"2026-03-29T02:30 2026-04-26T02:30", "03:30+02:00 02:30+02:00"},
		{"of two times that fall together the clock shows one", "2026-03-28 02:30 Europe/Berlin", "FREQ=DAILY;BYHOUR=2,3",
			"2026-03-28T02:30 2026-03-28T03:30 2026-03-29T03:30 2026-03-30T02:30", "02:30+01:00 03:30+01:00 03:30+02:00 02:30+02:00"},
		{"of two rules, too", "2026-03-28 02:30 Europe/Berlin", "RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY;BYDAY=SU;BYHOUR=3",
			"2026-03-28T02:30 2026-03-29T03:30 2026-03-30T02:30", "02:30+01:00 03:30+02:00 02:30+02:00"},
		{"hours over the gap", "2026-03-29 00:00 Europe/Berlin", "FREQ=HOURLY",
			"2026-03-29T00:00 2026-03-29T01:00 2026-03-29T03:00 2026-03-29T04:00", "00:00+01:00 01:00+01:00 03:00+02:00 04:00+02:00"},
		{"a further date in the gap", "2026-03-28 12:00 Europe/Berlin", "RDATE;TZID=Europe/Berlin:20260329T023000",
			"2026-03-28T12:00 2026-03-29T02:30", "12:00+01:00 03:30+02:00"},
		{"a further date in another zone", "2026-03-28 12:00 Europe/Berlin", "RDATE;TZID=Asia/Kolkata:20260329T070000",
			"2026-03-28T12:00 2026-03-29T03:30", "12:00+01:00 03:30+02:00"},
		{"an exception in the gap", "2026-03-28 02:30 Europe/Berlin", "RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20260329T023000",
			"2026-03-28T02:30 2026-03-30T02:30", "02:30+01:00 02:30+02:00"},
		{"COUNT over the gap", "2026-03-28 02:30 Europe/Berlin", "FREQ=DAILY;COUNT=2",
			"2026-03-28T02:30 2026-03-29T02:30", "02:30+01:00 03:30+02:00"},
		{"UNTIL in the gap", "2026-03-28 02:30 Europe/Berlin", "FREQ=DAILY;UNTIL=20260329T013000Z",
			"2026-03-28T02:30 2026-03-29T02:30", "02:30+01:00 03:30+02:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			series, err := mustParse(t, test.rule).Series(dueOf(test.start))
			if err != nil {
				t.Fatal(err)
			}
			n := len(strings.Fields(test.dues))
			found := first(series.All(), n+1)
			if more := strings.Contains(test.rule, "COUNT") || strings.Contains(test.rule, "UNTIL"); more && len(found) > n {
				t.Errorf("%v comes after the end", found[n])
			}
			found = found[:min(n, len(found))]
			var dues, instants []string
			for _, due := range found {
				dues = append(dues, due.Date+"T"+due.Time)
				instants = append(instants, show(t, due)[len("2006-01-02T"):])
			}
			if got := strings.Join(dues, " "); got != test.dues {
				t.Errorf("dues\n got %s\nwant %s", got, test.dues)
			}
			if got := strings.Join(instants, " "); got != test.instants {
				t.Errorf("instants\n got %s\nwant %s", got, test.instants)
			}
			backward, err := series.Before(found[len(found)-1])
			if err != nil {
				t.Fatal(err)
			}
			back := first(backward, len(found)-1)
			slices.Reverse(back)
			if !slices.Equal(back, found[:len(found)-1]) {
				t.Errorf("backward\n got %v\nwant %v", back, found[:len(found)-1])
			}
		})
	}
}
