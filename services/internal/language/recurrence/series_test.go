package recurrence

import (
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
)

func first(dues iter.Seq2[Due, error], n int) []Due {
	list, _ := firstOr(dues, n)
	return list
}

// firstOr is first with the error that ends the list before.
func firstOr(dues iter.Seq2[Due, error], n int) (list []Due, err error) {
	for due, err := range dues {
		if err != nil {
			return list, err
		}
		if list = append(list, due); len(list) >= n {
			break
		}
	}
	return list, nil
}

func allOf(t testing.TB, set Set) iter.Seq2[Due, error] {
	t.Helper()
	series, err := set.Series(set.Start)
	if err != nil {
		t.Fatal(err)
	}
	return series.All()
}

func mustParse(t testing.TB, text string) Set {
	t.Helper()
	set, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// dueOf reads "2026-12-01" or "2026-12-01 09:00 Europe/Berlin".
func dueOf(text string) Due {
	fields := strings.Fields(text)
	if len(fields) == 1 {
		return Due{Date: text}
	}
	return Due{Date: fields[0], Time: fields[1], Zone: fields[2]}
}

func TestOccurrences(t *testing.T) {
	tests := []struct {
		name  string
		start string
		rule  string
		want  string // dates, or RFC 3339 with minutes
	}{
		{"month ends are omitted by RFC 5545", "2026-01-31", "FREQ=MONTHLY", "2026-01-31 2026-03-31 2026-05-31"},
		{"month ends clamp without drift", "2026-01-31", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"},
		{"month ends go on to the next day", "2026-01-31", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD", "2026-01-31 2026-03-01 2026-03-31 2026-05-01"},
		{"moved and own days of a month merge", "2026-02-01", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=1,31", "2026-02-01 2026-03-01 2026-03-31 2026-04-01 2026-05-01"},
		{"moved and own days count once", "2026-02-01", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=3;BYMONTHDAY=1,31", "2026-02-01 2026-03-01 2026-03-31"},
		{"a negative day before the month moves back", "2026-01-15", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=-31", "2026-01-31 2026-03-01 2026-03-31 2026-05-01 2026-05-31"},
		{"29 February comes in leap years", "2024-02-29", "FREQ=YEARLY", "2024-02-29 2028-02-29 2032-02-29"},
		{"29 February clamps", "2024-02-29", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"},
		{"day 366 moves to New Year", "2024-12-31", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYYEARDAY=366", "2024-12-31 2026-01-01 2027-01-01"},
		{"no leap day in 1900 and 2100", "1896-02-29", "FREQ=YEARLY;COUNT=3", "1896-02-29 1904-02-29 1908-02-29"},
		{"week 53", "2015-01-01", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR", "2016-01-01 2021-01-01 2027-01-01"},
		{"week 1 begins in December", "2025-01-01", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2025-12-29 2027-01-04 2028-01-03"},
		{"every third workday", "2026-11-23", "FREQ=DAILY;INTERVAL=3;X-STEP=BYDAY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23 2026-11-26 2026-12-01 2026-12-04 2026-12-09"},
		{"every third workday from a Sunday", "2026-11-22", "FREQ=DAILY;INTERVAL=3;X-STEP=BYDAY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23 2026-11-26 2026-12-01"},
		{"the last workday of the month", "2026-01-01", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-30 2026-02-27 2026-03-31"},
		{"a start the rule does not yield is none", "2026-11-22", "FREQ=WEEKLY;BYDAY=MO", "2026-11-23 2026-11-30"},
		{"without a rule the start is the first", "2026-11-22", "RDATE;VALUE=DATE:20261201,20261124", "2026-11-22 2026-11-24 2026-12-01"},
		{"rules, dates and exceptions", "2026-11-22", "RRULE:FREQ=DAILY;COUNT=3\nRRULE:FREQ=WEEKLY;COUNT=2\nRDATE;VALUE=DATE:20261125\nEXDATE;VALUE=DATE:20261123", "2026-11-22 2026-11-24 2026-11-25 2026-11-29"},
		{"a date ignores BYHOUR", "2026-11-22", "FREQ=DAILY;COUNT=2;BYHOUR=9,18", "2026-11-22 2026-11-23"},
		{"week start matters with an interval", "1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05 1997-08-17 1997-08-19 1997-08-31"},
		{"BYSETPOS in the first week counts days before the start", "2026-11-25", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2", "2026-11-25 2026-12-02"},
		{"30 February never comes", "2026-01-01", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ""},
		{"a series ends with the year 9999", "9998-06-01", "FREQ=YEARLY", "9998-06-01 9999-06-01"},
		{"UNTIL includes its instant", "2026-11-22 09:00 Europe/Berlin", "FREQ=DAILY;UNTIL=20261124T080000Z", "2026-11-22T09:00+01:00 2026-11-23T09:00+01:00 2026-11-24T09:00+01:00"},
		{"second 60 is second 59", "2026-11-22 09:00 UTC", "FREQ=DAILY;COUNT=1;BYSECOND=59,60", "2026-11-22T09:00Z"},

		{"Berlin skips 02:30", "2026-03-28 02:30 Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-03-28T02:30+01:00 2026-03-29T03:30+02:00 2026-03-30T02:30+02:00"},
		{"Berlin has 02:30 twice", "2026-10-24 02:30 Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-10-24T02:30+02:00 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00"},
		{"New York skips 02:30", "2026-03-07 02:30 America/New_York", "FREQ=DAILY;COUNT=3", "2026-03-07T02:30-05:00 2026-03-08T03:30-04:00 2026-03-09T02:30-04:00"},
		{"hours over a gap fall together once", "2026-03-29 01:00 Europe/Berlin", "FREQ=HOURLY;COUNT=4", "2026-03-29T01:00+01:00 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00"},
		{"times from a gap come in order", "2026-03-29 01:20 Europe/Berlin", "FREQ=MINUTELY;INTERVAL=40;COUNT=5", "2026-03-29T01:20+01:00 2026-03-29T03:00+02:00 2026-03-29T03:20+02:00 2026-03-29T03:40+02:00 2026-03-29T04:00+02:00"},
		{"Lord Howe changes by half an hour", "2026-10-03 02:15 Australia/Lord_Howe", "FREQ=DAILY;COUNT=3", "2026-10-03T02:15+10:30 2026-10-04T02:45+11:00 2026-10-05T02:15+11:00"},
		{"Santiago changes at midnight", "2026-09-05 00:30 America/Santiago", "FREQ=DAILY;COUNT=3", "2026-09-05T00:30-04:00 2026-09-06T01:30-03:00 2026-09-07T00:30-03:00"},
		{"Samoa's missing day", "2011-12-29 09:00 Pacific/Apia", "FREQ=DAILY;COUNT=4", "2011-12-29T09:00-10:00 2011-12-31T09:00+14:00 2012-01-01T09:00+14:00"},
		{"Casablanca's summer time below standard", "2026-02-14 02:30 Africa/Casablanca", "FREQ=DAILY;COUNT=3", "2026-02-14T02:30+01:00 2026-02-15T02:30+01:00 2026-02-16T02:30Z"},
		{"Kathmandu has odd minutes", "2026-11-22 09:00 Asia/Kathmandu", "FREQ=DAILY;COUNT=1", "2026-11-22T09:00+05:45"},
		{"a leap year's last day far ahead", "2096-12-30 09:00 Europe/Berlin", "FREQ=DAILY;COUNT=3", "2096-12-30T09:00+01:00 2096-12-31T09:00+01:00 2097-01-01T09:00+01:00"},
		{"summer time far ahead", "2096-03-24 02:30 Europe/Berlin", "FREQ=DAILY;COUNT=2", "2096-03-24T02:30+01:00 2096-03-25T03:30+02:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := mustParse(t, test.rule)
			series, err := set.Series(dueOf(test.start))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Fields(test.want)
			var got []string
			for _, due := range first(series.All(), max(len(want), 1)) {
				got = append(got, show(t, due))
			}
			if !slices.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func show(t *testing.T, due Due) string {
	t.Helper()
	if !due.HasTime() {
		return due.Date
	}
	instant, err := due.Instant(nil)
	if err != nil {
		t.Fatal(err)
	}
	return instant.Format("2006-01-02T15:04Z07:00")
}

func TestSeriesRefuses(t *testing.T) {
	tests := []struct{ name, start, rule, want string }{
		{"UNTIL with a time for a date", "2026-11-22", "FREQ=DAILY;UNTIL=20261124T080000Z", "UNTIL"},
		{"UNTIL without a time for a time", "2026-11-22 09:00 UTC", "FREQ=DAILY;UNTIL=20261124", "UNTIL"},
		{"EXDATE of the other kind", "2026-11-22 09:00 UTC", "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261124", "EXDATE"},
		{"hours for a date", "2026-11-22", "FREQ=HOURLY", "HOURLY"},
		{"no such day", "2026-02-30", "FREQ=DAILY", "2026-02-30"},
		{"no such time", "2026-02-03 24:00 UTC", "FREQ=DAILY", "24:00"},
		{"no such zone", "2026-02-03 09:00 Mars/Olympus", "FREQ=DAILY", "Mars/Olympus"},
		{"the machine's zone", "2026-02-03 09:00 Local", "FREQ=DAILY", "Local"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := mustParse(t, test.rule).Series(dueOf(test.start))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that names %s", err, test.want)
			}
		})
	}
	if _, err := (Set{Rules: []Rule{{Freq: Daily, Interval: 1, ByHour: []int{99}}}}).Series(dueOf("2026-11-22")); err == nil {
		t.Error("a rule made by hand is not checked")
	}
}

// TestNeverEndsSoon proves that rules which never match, or which match once in
// an age, end. The bound is generous: it tells milliseconds from a walk through
// all years second by second.
func TestNeverEndsSoon(t *testing.T) {
	for _, rule := range []string{
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=SECONDLY;INTERVAL=60;BYSECOND=3", "FREQ=DAILY;INTERVAL=7;BYDAY=SU", "FREQ=DAILY;BYSETPOS=2;BYHOUR=1",
		"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=300", "FREQ=YEARLY;BYDAY=MO;BYSETPOS=-366", "FREQ=MONTHLY;BYDAY=53MO",
		"FREQ=YEARLY;INTERVAL=1000000000;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=HOURLY;INTERVAL=24;BYHOUR=3", "FREQ=MINUTELY;INTERVAL=7;BYDAY=MO;BYHOUR=0;BYMINUTE=1;BYMONTH=2;BYMONTHDAY=30",
	} {
		t.Run(rule, func(t *testing.T) {
			series, err := mustParse(t, rule).Series(dueOf("2026-01-05 00:00 Europe/Berlin"))
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			after, err := series.After(series.Start())
			if err != nil {
				t.Fatal(err)
			}
			if got := first(after, 1); len(got) > 0 {
				t.Errorf("got %v, want none", got)
			}
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
