package dates

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// at gives options in which it is a local time in a zone.
func at(t testing.TB, local, zone string) Options {
	t.Helper()
	location, err := zones.Load(zone)
	if err != nil {
		t.Fatal(err)
	}
	now, err := time.ParseInLocation("2006-01-02 15:04", local, location)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Now: now, Locale: words.English()}
}

// thursday is 26 November 2026, 10:00 in Berlin.
func thursday(t testing.TB) Options { return at(t, "2026-11-26 10:00", "Europe/Berlin") }

// show writes results in short: "text: from..to +seconds".
func show(results []Result) string {
	lines := make([]string, 0, len(results))
	for _, r := range results {
		line := r.Text + ":"
		if r.From != nil {
			line += " " + shortMoment(r.From)
		}
		if r.To != nil {
			line += ".." + shortMoment(r.To)
		}
		if r.DurationSeconds > 0 {
			line += fmt.Sprintf(" +%d", r.DurationSeconds)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// shortMoment leaves out the zone of the tests.
func shortMoment(m *Moment) string {
	return strings.TrimSuffix(strings.TrimSuffix(m.String(), "[Europe/Berlin]"), ":00[Europe/Berlin]")
}

// check compares what a whole text means: "from..to +seconds".
func check(t *testing.T, options Options, tests map[string]string) {
	t.Helper()
	for text, want := range tests {
		want = strings.TrimSpace(text + ": " + want)
		if got := show(Find(text, options)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestAbsoluteDates(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"3 march":                "2027-03-03",
		"3rd of march":           "2027-03-03",
		"the 3rd of March 2028":  "2028-03-03",
		"mar 3rd 2027":           "2027-03-03",
		"march 3, 2027":          "2027-03-03",
		"2026-12-01":             "2026-12-01",
		"2026/12/01":             "2026-12-01",
		"12/1":                   "2026-12-01",
		"12/1/2027":              "2027-12-01",
		"12/1/27":                "2027-12-01",
		"25/12":                  "2026-12-25",
		"1.12.2026":              "2026-12-01",
		"2012/8/10":              "2012-08-10",
		"2012.08.10":             "2012-08-10",
		"07-27-2022":             "2022-07-27",
		"27.07.2022":             "2022-07-27",
		"09-JAN-2017":            "2017-01-09",
		"12-1-2026":              "2026-12-01",
		"26 nov":                 "2026-11-26",
		"25 nov":                 "2027-11-25",
		"29 feb":                 "2028-02-29",
		"on the 15th":            "2026-12-15",
		"the 31st":               "2026-12-31",
		"june":                   "2027-06-01..2027-06-30",
		"in june":                "2027-06-01..2027-06-30",
		"june 2027":              "2027-06-01..2027-06-30",
		"in november":            "2026-11-01..2026-11-30",
		"friday, 3 march 2028":   "2028-03-03",
		"3 march at 9am":         "2027-03-03T09:00",
		"2026-12-01 09:00":       "2026-12-01T09:00",
		"2026-12-01T09:00:00Z":   "2026-12-01T09:00[UTC]",
		"2026-12-01T09:00:30":    "2026-12-01T09:00:30",
		"2026-12-01T09:00+05:30": "2026-12-01T04:30",
	})
	british := thursday(t)
	var err error
	if british.Locale, err = words.Find("en-GB"); err != nil {
		t.Fatal(err)
	}
	check(t, british, map[string]string{"12/1": "2027-01-12", "1/12/2026": "2026-12-01", "1-12-2026": "2026-12-01", "12/25": "2026-12-25"})
}

func TestRelativeDates(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"today":                     "2026-11-26",
		"tomorrow":                  "2026-11-27",
		"the day after tomorrow":    "2026-11-28",
		"yesterday":                 "2026-11-25",
		"in 2 weeks":                "2026-12-10",
		"in a week":                 "2026-12-03",
		"in 3 months":               "2027-02-26",
		"3 days ago":                "2026-11-23",
		"a fortnight from now":      "2026-12-10",
		"two weeks from tomorrow":   "2026-12-11",
		"a week from friday":        "2026-12-04",
		"within 3 days":             "2026-11-29",
		"on the fifth":              "2026-12-05",
		"dec. 5":                    "2026-12-05",
		"sat., dec. 5th":            "2026-12-05",
		"later today":               "2026-11-26",
		"the day after friday":      "2026-11-28",
		"week after next":           "2026-12-07..2026-12-13",
		"the friday after next":     "2026-12-11",
		"friday after next":         "2026-12-11",
		"next week on friday":       "2026-12-04",
		"next month on the 15th":    "2026-12-15",
		"fri to sun":                "2026-11-27..2026-11-29",
		"from monday":               "2026-11-30",
		"starting tomorrow":         "2026-11-27",
		"due: 5 april":              "2027-04-05",
		"friday in two weeks":       "2026-12-11",
		"today in 2 weeks":          "2026-12-10",
		"coming thursday":           "2026-12-03",
		"15th next month":           "2026-12-15",
		"end of the next week":      "2026-12-06",
		"3 days before 25 dec":      "2026-12-22",
		"friday":                    "2026-11-27",
		"thursday":                  "2026-12-03",
		"on friday":                 "2026-11-27",
		"by friday":                 "2026-11-27",
		"this thursday":             "2026-11-26",
		"next friday":               "2026-12-04",
		"next monday":               "2026-11-30",
		"last friday":               "2026-11-20",
		"friday next week":          "2026-12-04",
		"next week friday":          "2026-12-04",
		"this weekend":              "2026-11-28..2026-11-29",
		"next weekend":              "2026-12-05..2026-12-06",
		"this week":                 "2026-11-23..2026-11-29",
		"next week":                 "2026-11-30..2026-12-06",
		"next month":                "2026-12-01..2026-12-31",
		"last month":                "2026-10-01..2026-10-31",
		"next quarter":              "2027-01-01..2027-03-31",
		"this quarter":              "2026-10-01..2026-12-31",
		"next year":                 "2027-01-01..2027-12-31",
		"end of month":              "2026-11-30",
		"end of the week":           "2026-11-29",
		"end of next month":         "2026-12-31",
		"end of june":               "2027-06-30",
		"eom":                       "2026-11-30",
		"start of next quarter":     "2027-01-01",
		"end of 2027":               "2027-12-31",
		"first monday of june":      "2027-06-07",
		"last friday of the month":  "2026-11-27",
		"2nd tuesday of next month": "2026-12-08",
		"last day of february":      "2027-02-28",
		"next 7 days":               "2026-11-26..2026-12-02",
		"the last 3 days":           "2026-11-24..2026-11-26",
		"in the next 2 weeks":       "2026-11-26..2026-12-09",
		"15th of next month":        "2026-12-15",
		"on the weekend":            "2026-11-28..2026-11-29",
		"next workday":              "2026-11-27",
		"in 6 months and 2 days":    "2027-05-28",
	})
	sunday := thursday(t)
	sunday.WeekStart = recurrence.Sunday
	check(t, sunday, map[string]string{"this week": "2026-11-22..2026-11-28", "next sunday": "2026-11-29"})
}

func TestTimes(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"9am":                      "2026-11-27T09:00",
		"10:00":                    "2026-11-26T10:00",
		"11am":                     "2026-11-26T11:00",
		"17:30":                    "2026-11-26T17:30",
		"5.30pm":                   "2026-11-26T17:30",
		"5:30 p.m.":                "2026-11-26T17:30",
		"12am":                     "2026-11-27T00:00",
		"12pm":                     "2026-11-26T12:00",
		"noon":                     "2026-11-26T12:00",
		"midnight":                 "2026-11-27T00:00",
		"tonight":                  "2026-11-26T22:00",
		"tonight at 8":             "2026-11-26T20:00",
		"tonight at 2":             "2026-11-27T02:00",
		"tonight at 12":            "2026-11-27T00:00",
		"today at 5":               "2026-11-26T17:00",
		"today at 9":               "2026-11-26T21:00",
		"today at 11":              "2026-11-26T11:00",
		"today 9:00":               "2026-11-26T09:00",
		"tomorrow 24:00":           "2026-11-28T00:00",
		"22:00-24:00":              "2026-11-26T22:00..2026-11-27T00:00 +7200",
		"today at midnight":        "2026-11-27T00:00",
		"at nine":                  "2026-11-27T09:00",
		"ten past nine":            "2026-11-27T09:10",
		"tomorrow at 5.30":         "2026-11-27T05:30",
		"tonight at midnight":      "2026-11-27T00:00",
		"this evening":             "2026-11-26T19:00",
		"in the morning":           "2026-11-27T09:00",
		"tomorrow morning":         "2026-11-27T09:00",
		"tomorrow evening at 7":    "2026-11-27T19:00",
		"friday afternoon":         "2026-11-27T15:00",
		"5 o'clock in the evening": "2026-11-26T17:00",
		"at 5 in the afternoon":    "2026-11-26T17:00",
		"7 in the evening":         "2026-11-26T19:00",
		"8:30 in the morning":      "2026-11-27T08:30",
		"at 5":                     "2026-11-26T17:00",
		"at 17":                    "2026-11-26T17:00",
		"half past 8":              "2026-11-27T08:30",
		"half past 8 pm":           "2026-11-26T20:30",
		"quarter to 12":            "2026-11-26T11:45",
		"at ten past nine":         "2026-11-27T09:10",
		"in 20 minutes":            "2026-11-26T10:20",
		"in half an hour":          "2026-11-26T10:30",
		"in an hour and a half":    "2026-11-26T11:30",
		"in 1h30m":                 "2026-11-26T11:30",
		"in 36 hours":              "2026-11-27T22:00",
		"2 hours ago":              "2026-11-26T08:00",
		"today 9am":                "2026-11-26T09:00",
		"9am tomorrow":             "2026-11-27T09:00",
		"next friday 9am":          "2026-12-04T09:00",
		"next friday, at 9:15":     "2026-12-04T09:15",
		"friday midnight":          "2026-11-27T00:00",
		"in 3 days at 9am":         "2026-11-29T09:00",
		"by 5pm tomorrow":          "2026-11-27T17:00",
	})
}

func TestRangesAndDurations(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"from 3 to 5pm":                 "2026-11-26T15:00..2026-11-26T17:00 +7200",
		"3-5pm":                         "2026-11-26T15:00..2026-11-26T17:00 +7200",
		"11 to 1pm":                     "2026-11-26T11:00..2026-11-26T13:00 +7200",
		"9:00-17:30":                    "2026-11-27T09:00..2026-11-27T17:30 +30600",
		"between 2 and 3pm":             "2026-11-26T14:00..2026-11-26T15:00 +3600",
		"tomorrow 10pm - 2am":           "2026-11-27T22:00..2026-11-28T02:00 +14400",
		"friday from 2pm to 3":          "2026-11-27T14:00..2026-11-27T15:00 +3600",
		"friday from 9 to 5":            "2026-11-27T09:00..2026-11-27T17:00 +28800",
		"friday between 9 and 11":       "2026-11-27T09:00..2026-11-27T11:00 +7200",
		"mon-wed":                       "2026-11-30..2026-12-02",
		"from monday to wednesday":      "2026-11-30..2026-12-02",
		"3-5 march":                     "2027-03-03..2027-03-05",
		"march 3 to 5":                  "2027-03-03..2027-03-05",
		"28 dec - 3 jan":                "2026-12-28..2027-01-03",
		"2026-12-01 to 2026-12-05":      "2026-12-01..2026-12-05",
		"monday 9am to tuesday 5pm":     "2026-11-30T09:00..2026-12-01T17:00 +115200",
		"today until friday":            "2026-11-26..2026-11-27",
		"for 45 min":                    "+2700",
		"for an hour and a half":        "+5400",
		"for 1h30":                      "+5400",
		"for 1.5 hours":                 "+5400",
		"for one and a half hours":      "+5400",
		"for three quarters of an hour": "+2700",
		"from 3 to 5 march":             "2027-03-03..2027-03-05",
		"for 3 days":                    "+259200",
		"tomorrow 9am for 45 min":       "2026-11-27T09:00..2026-11-27T09:45 +2700",
		"for 2 hours on friday at 9am":  "2026-11-27T09:00..2026-11-27T11:00 +7200",
		"for 2 hours and 5 minutes":     "+7500",
	})
}

func TestZones(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"9am CET":                         "2026-11-27T09:00",
		"9am EST":                         "2026-11-26T09:00[America/New_York]",
		"14:00 Europe/Berlin":             "2026-11-26T14:00",
		"tomorrow 14:00 america/new_york": "2026-11-27T14:00[America/New_York]",
		"tomorrow 9am UTC":                "2026-11-27T09:00[UTC]",
		"tomorrow 9am UTC+3":              "2026-11-27T07:00",
		"3-5pm ET":                        "2026-11-26T15:00[America/New_York]..2026-11-26T17:00[America/New_York] +7200",
	})
	for text, want := range map[string]string{
		"9am CET":                   "2026-11-27T09:00:00+01:00",
		"1 july 9am CET":            "2027-07-01T09:00:00+02:00",
		"tomorrow 9am Asia/Kolkata": "2026-11-27T09:00:00+05:30",
	} {
		if got := Find(text, thursday(t))[0].From.Instant; got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestLeanToThePast(t *testing.T) {
	options := thursday(t)
	options.Lean = LeanPast
	check(t, options, map[string]string{
		"friday":      "2026-11-20",
		"thursday":    "2026-11-19",
		"9am":         "2026-11-26T09:00",
		"11am":        "2026-11-25T11:00",
		"3 march":     "2026-03-03",
		"27 nov":      "2025-11-27",
		"12/1":        "2025-12-01",
		"in june":     "2026-06-01..2026-06-30",
		"29 feb":      "2024-02-29",
		"on the 27th": "2026-10-27",
		"tomorrow":    "2026-11-27",
		"mon-wed":     "2026-11-23..2026-11-25",
	})
}

func TestPhrasesInLongerTexts(t *testing.T) {
	for text, want := range map[string]string{
		"Call mum tomorrow at 9am about the trip": "tomorrow at 9am: 2026-11-27T09:00",
		"meet (friday) and (3 march)":             "friday: 2026-11-27; 3 march: 2027-03-03",
		"gym sat":                                 "sat: 2026-11-28",
		"sat 9am gym":                             "sat 9am: 2026-11-28T09:00",
		"dinner at 8, bring wine":                 "at 8: 2026-11-26T20:00",
		"Pay rent by tomorrow.":                   "by tomorrow: 2026-11-27",
		"“tomorrow”, 🎉friday🎉":                    "tomorrow: 2026-11-27; friday: 2026-11-27",
		"tomorrow by 5":                           "tomorrow by 5: 2026-11-27T17:00",
		"friday: call":                            "friday: 2026-11-27",
		"Zürich – morgen? no, tomorrow":           "tomorrow: 2026-11-27",
		"move it from 9am to be sure":             "from 9am: 2026-11-27T09:00",
		"call the plumber after 5pm please":       "after 5pm: 2026-11-26T17:00",
		"finish before friday or never":           "before friday: 2026-11-27",
		"at 9 call mum":                           "at 9: 2026-11-27T09:00",
		"on the 15th pay rent":                    "on the 15th: 2026-12-15",
		"gym sat morning with Ana":                "sat morning: 2026-11-28T09:00",
		"meet in the morning for coffee":          "in the morning: 2026-11-27T09:00",
	} {
		if got := show(Find(text, thursday(t))); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestTextStaysText(t *testing.T) {
	for _, text := range []string{
		"May I come in", "watch Friday the 13th", "Black Friday deals", "ask may", "march for freedom", "he sat down", "sun cream", "the second book", "buy 3 apples",
		"version 1.2.3", "open 24/7", "monday.com", "pre-friday", "week's notes", "look at 3 options", "5 to 10 people",
		"the 2nd attempt", "call Jan. about rent", "on the second floor", "for 10 friends", "in the kitchen", "next steps", "this is it", "end of story", "last call",
		"from here to there", "13:75", "99:00", "divide by 2", "a cake for June", "12/1€", "31 feb", "31 april", "29 feb 2027", "two fridays from now", "the next 3 things", "2026-13-01", "2026-02-30", "1/2 cup of milk", "3.5", "today's", "good morning",
		"at 5 €", "at 5 %", "", " ", "\x00", "\xff\xfe",
	} {
		if got := show(Find(text, thursday(t))); got != "" {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

func TestAtAndDurationAtReadFromAnOffset(t *testing.T) {
	const text = "Büro !tomorrow 9am !1h30m !1 month !30mm"
	offset := strings.Index(text, "tomorrow")
	result, ok := At(text, offset, thursday(t))
	if !ok || result.Start != offset || result.Text != "tomorrow 9am" || result.Parts[1].Start != offset+len("tomorrow ") {
		t.Errorf("got %+v, %t", result, ok)
	}
	offset = strings.Index(text, "1h30m")
	if length, end, ok := DurationAt(text, offset, thursday(t)); !ok || length != 90*time.Minute || text[offset:end] != "1h30m" {
		t.Errorf("got %v to %d, %t", length, end, ok)
	}
	for _, word := range []string{"Büro", "1 month", "30mm"} {
		if _, _, ok := DurationAt(text, strings.Index(text, word), thursday(t)); ok {
			t.Errorf("%q is read as a duration", word)
		}
	}
	if zone, end, ok := ZoneAt("at 9 CET, then", len("at 9"), thursday(t)); !ok || zone != "Europe/Berlin" || end != len("at 9 CET") {
		t.Errorf("got %s to %d, %t", zone, end, ok)
	}
	if _, _, ok := ZoneAt("at 9 ceta", len("at 9"), thursday(t)); ok {
		t.Error("a word is read as a zone")
	}
	if _, ok := At(text, len(text)+1, thursday(t)); ok {
		t.Error("an offset outside the text is read")
	}
}
