package recurrence

import (
	"errors"
	"strings"
	"testing"
)

func TestImportTakesWhatCalendarsWrite(t *testing.T) {
	const berlin = "DTSTART;TZID=Europe/Berlin:20261126T090000\n"
	tests := []struct{ name, zone, text, want string }{
		{"what Parse reads", "", berlin + "RRULE:FREQ=DAILY;UNTIL=20261201T080000Z", berlin + "RRULE:FREQ=DAILY;UNTIL=20261201T080000Z"},
		{"a floating start takes the zone beside it", "Europe/Berlin", "DTSTART:20261126T090000\nRRULE:FREQ=DAILY", berlin + "RRULE:FREQ=DAILY"},
		{"which may be one of Windows", "W. Europe Standard Time", "DTSTART:20261126T090000\nRRULE:FREQ=DAILY", berlin + "RRULE:FREQ=DAILY"},
		{"a start with a zone keeps it", "Asia/Tokyo", berlin + "RRULE:FREQ=DAILY", berlin + "RRULE:FREQ=DAILY"},
		{"UNTIL as a date is the end of that day in winter", "", berlin + "RRULE:FREQ=DAILY;UNTIL=20261201", berlin + "RRULE:FREQ=DAILY;UNTIL=20261201T225959Z"},
		{"and in summer", "", berlin + "RRULE:FREQ=DAILY;UNTIL=20270701", berlin + "RRULE:FREQ=DAILY;UNTIL=20270701T215959Z"},
		{"and where the start floats", "America/New_York", "DTSTART:20261126T090000\nRRULE:FREQ=DAILY;UNTIL=20261201",
			"DTSTART;TZID=America/New_York:20261126T090000\nRRULE:FREQ=DAILY;UNTIL=20261202T045959Z"},
		{"UNTIL as a local time is in the zone of the start", "Asia/Tokyo", berlin + "RRULE:FREQ=DAILY;UNTIL=20261201T090000", berlin + "RRULE:FREQ=DAILY;UNTIL=20261201T080000Z"},
		{"also before the start in the text", "", "RRULE:FREQ=DAILY;UNTIL=20261201T090000\n" + berlin, berlin + "RRULE:FREQ=DAILY;UNTIL=20261201T080000Z"},
		{"or in the zone beside it", "Europe/Berlin", "FREQ=DAILY;UNTIL=20261201T090000", "FREQ=DAILY;UNTIL=20261201T080000Z"},
		{"UNTIL as a local time of a start that is a date", "", "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=DAILY;UNTIL=20261201T000000", "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=DAILY;UNTIL=20261201"},
		{"UNTIL as a time of a start that is a date", "Europe/Berlin", "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=DAILY;UNTIL=20261130T230000Z", "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=DAILY;UNTIL=20261201"},
		{"UNTIL for ever", "", "DTSTART;TZID=America/New_York:20261126T090000\nRRULE:FREQ=DAILY;UNTIL=99991231", "DTSTART;TZID=America/New_York:20261126T090000\nRRULE:FREQ=DAILY;UNTIL=99991231T235959Z"},
		{"UNTIL for ever of a date", "Asia/Tokyo", "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=DAILY;UNTIL=99991231T235959Z", "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=DAILY;UNTIL=99991231"},
		{"exceptions as dates are at the time of the start", "", berlin + "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261201", berlin + "RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20261201T090000"},
		{"zones of Windows", "", "DTSTART;TZID=W. Europe Standard Time:20261126T090000\nRRULE:FREQ=DAILY\nEXDATE;TZID=Tokyo Standard Time:20261201T170000",
			berlin + "RRULE:FREQ=DAILY\nEXDATE;TZID=Asia/Tokyo:20261201T170000"},
		{"in quotes", "", "DTSTART;TZID=\"W. Europe Standard Time\":20261126T090000\nRRULE:FREQ=DAILY", berlin + "RRULE:FREQ=DAILY"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := Import(test.text, test.zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := set.String(); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if _, err := Parse(set.String()); err != nil {
				t.Errorf("what it gives is not RFC 5545: %v", err)
			}
			if !set.Start.IsZero() {
				if _, err := set.Series(set.Start); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestImportNamesTheFault(t *testing.T) {
	tests := []struct {
		name, zone, text, part string
		position               int
	}{
		{"a floating start without any zone", "", "DTSTART:20261126T090000\nRRULE:FREQ=DAILY", "DTSTART", 8},
		{"a local end without any zone", "", "FREQ=DAILY;UNTIL=20261201T090000", "UNTIL", 17},
		{"a zone that nobody knows", "", "DTSTART;TZID=Customized Time Zone:20261126T090000\nRRULE:FREQ=DAILY", "DTSTART", 8},
		{"quotes around a colon", "", "DTSTART;TZID=\"(UTC+01:00) Berlin\":20261126T090000", "DTSTART", 8},
		{"what is wrong anyhow", "Europe/Berlin", "FREQ=DAILX", "FREQ", 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Import(test.text, test.zone)
			fault, ok := errors.AsType[*Error](err)
			if !ok || fault.Part != test.part || fault.Position != test.position {
				t.Errorf("got %v, want a fault of %q at %d", err, test.part, test.position)
			}
		})
	}
	if _, err := Import("DTSTART:20261126T090000", "Mars/Olympus"); err == nil || !strings.Contains(err.Error(), "Mars/Olympus") {
		t.Errorf("got %v, want the zone refused", err)
	}
}

func FuzzImport(f *testing.F) {
	f.Add("DTSTART:20261126T090000\nRRULE:FREQ=DAILY;UNTIL=20261201", "Europe/Berlin")
	f.Add("DTSTART;TZID=\"W. Europe Standard Time\":20261126T090000\nEXDATE;VALUE=DATE:20261201", "")
	f.Add("RRULE:FREQ=WEEKLY;UNTIL=99991231T235959\nDTSTART;VALUE=DATE:00010101", "Pacific/Kiritimati")
	f.Add("FREQ=DAILY;UNTIL=00010101T000000", "Asia/Tokyo")
	f.Fuzz(func(t *testing.T, text, zone string) {
		set, err := Import(text, zone)
		if err != nil {
			checkMessage(t, err, text, zone)
			return
		}
		printed := set.String()
		again, err := Parse(printed)
		if err != nil || again.String() != printed {
			t.Fatalf("%q beside %q gives %q, which is read back as %q, %v", text, zone, printed, again, err)
		}
		if strict, err := Parse(text); err == nil && strict.Start.IsZero() && strict.String() != printed {
			t.Fatalf("%q is %q to Parse and %q to Import", text, strict, printed)
		}
	})
}
