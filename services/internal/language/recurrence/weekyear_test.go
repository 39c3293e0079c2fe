package recurrence

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWeekNumbersCountInTheWeekYear reads rules whose year is not the calendar's: it
// begins with the week that has at least four days in January.
func TestWeekNumbersCountInTheWeekYear(t *testing.T) {
	tests := []struct{ name, start, rule, want string }{
		{"an interval steps over week-years", "2027-01-04", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "2027-01-04 2029-01-01 2030-12-30 2033-01-03"},
		{"also when the start is in December", "2024-12-30", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "2024-12-30 2027-01-04 2029-01-01 2030-12-30"},
		{"a start in January may be in the week-year before", "2027-01-01", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "2028-01-03 2029-12-31 2031-12-29"},
		{"a week that lies in two years is one week", "2029-06-01", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,FR", "2029-12-31 2030-01-04 2030-12-30 2031-01-03"},
		{"no interval splits a week", "2029-01-01", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO,FR", "2029-01-01 2029-01-05 2030-12-30 2031-01-03"},
		{"the last workday of week 1 is a Friday", "2024-01-01", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2024-01-05 2025-01-03 2026-01-02 2027-01-08 2028-01-07 2029-01-05 2030-01-04 2031-01-03"},
		{"the first workday of week 1 is a Monday", "2024-01-01", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "2024-01-01 2024-12-30 2025-12-29 2027-01-04"},
		{"the last day of the last week", "2024-01-01", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO,SU;BYSETPOS=-1", "2024-12-29 2025-12-28 2027-01-03 2028-01-02"},
		{"weeks from Sunday", "2026-06-01", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=SU;WKST=SU", "2028-01-02 2029-12-30 2032-01-04"},
		{"a month keeps the days of the week that lie in it", "2024-01-01", "FREQ=YEARLY;BYMONTH=12;BYWEEKNO=1;BYDAY=MO,TU,WE", "2024-12-30 2024-12-31 2025-12-29 2025-12-30 2025-12-31 2029-12-31"},
		{"and the week-year still counts", "2029-01-01", "FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYWEEKNO=1;BYDAY=MO", "2030-12-30 2036-12-29"},
		{"a day of the month in a week", "2024-01-01", "FREQ=YEARLY;BYWEEKNO=1;BYMONTHDAY=31", "2024-12-31 2025-12-31 2029-12-31"},
		{"a day of the year in a week", "2024-01-01", "FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=1,-1", "2024-01-01 2024-12-31 2025-01-01 2025-12-31"},
		{"COUNT counts whole weeks", "2029-06-01", "FREQ=YEARLY;COUNT=3;BYWEEKNO=1;BYDAY=MO,FR", "2029-12-31 2030-01-04 2030-12-30"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkDates(t, test.start, test.rule, test.want)
		})
	}
}

// TestSkipMovesAWeekThatTheYearDoesNotHave reads rules for week 53; of the years
// around, 2026 and 2032 have one.
func TestSkipMovesAWeekThatTheYearDoesNotHave(t *testing.T) {
	tests := []struct{ name, start, rule, want string }{
		{"omitted without SKIP", "2025-01-01", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2026-12-28 2032-12-27"},
		{"omitted on purpose", "2025-01-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT;BYWEEKNO=53;BYDAY=MO", "2026-12-28 2032-12-27"},
		{"back to the last week", "2025-01-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYWEEKNO=53;BYDAY=MO", "2025-12-22 2026-12-28 2027-12-27"},
		{"forward to the first week of the next year", "2025-01-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYWEEKNO=53;BYDAY=MO", "2025-12-29 2026-12-28 2028-01-03"},
		{"a moved week counts once", "2025-06-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYWEEKNO=1,53;BYDAY=MO", "2025-12-29 2026-12-28 2027-01-04 2028-01-03"},
		{"counted from the end, back to the year before", "2025-01-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYWEEKNO=-53;BYDAY=MO", "2025-12-29 2026-12-28 2027-12-27"},
		{"counted from the end, forward to the first week", "2025-01-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYWEEKNO=-53;BYDAY=MO", "2025-12-29 2027-01-04 2028-01-03"},
		{"with an interval", "2025-01-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;INTERVAL=2;BYWEEKNO=53;BYDAY=MO", "2025-12-29 2028-01-03 2029-12-31"},
		{"moved days of a month lie in a named week", "2025-01-01", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYMONTH=2;BYWEEKNO=9;BYMONTHDAY=29", "2025-03-01 2026-03-01 2027-03-01 2028-02-29"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkDates(t, test.start, test.rule, test.want)
			if printed := mustParse(t, test.rule).String(); printed != test.rule {
				t.Errorf("%s is printed %s", test.rule, printed)
			}
			checkRoundTrips(t, mustParse(t, test.rule), AnchorSchedule)
		})
	}
}

// TestNoYearReachesBeyondTheLast reads rules whose last period has days after the year 9999.
func TestNoYearReachesBeyondTheLast(t *testing.T) {
	for rule, want := range map[string][]Due{
		"FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR,SU":                                       {{Date: "9999-01-01"}, {Date: "9999-01-03"}, {Date: "9999-12-31"}},
		"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;INTERVAL=2;BYYEARDAY=366":        {},
		"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;INTERVAL=2;BYWEEKNO=53;BYDAY=MO": {},
	} {
		series, err := mustParse(t, rule).Series(Due{Date: "9999-01-01"})
		if err != nil {
			t.Fatal(err)
		}
		if got := first(series.All(), 3); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", rule, got, want)
		}
	}
}

func checkDates(t *testing.T, start, rule, want string) {
	t.Helper()
	series, err := mustParse(t, rule).Series(dueOf(start))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, due := range first(series.All(), len(strings.Fields(want))) {
		got = append(got, due.Date)
	}
	if joined := strings.Join(got, " "); joined != want {
		t.Errorf("%s from %s\ngot  %s\nwant %s", rule, start, joined, want)
	}
	checkIteration(t, rule, series, 20)
}

// TestWeekYearsAgreeWithTheirDefinition compares random rules with a walk over all days,
// each of which belongs to the week-year in which the fourth day of its week lies.
func TestWeekYearsAgreeWithTheirDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(5545, 7529))
	some := func(list ...int) []int {
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return list[:1+random.IntN(3)]
	}
	for range 1000 {
		r := Rule{Freq: Yearly, Interval: 1 + random.IntN(4), WeekStart: Weekday(random.IntN(7)), ByWeekNo: some(1, 2, 9, 51, 52, 53, -1, -2, -52, -53)}
		for _, n := range some(0, 1, 2, 3, 4, 5, 6) {
			r.ByDay = append(r.ByDay, Day{Weekday: Weekday(n)})
		}
		switch random.IntN(5) {
		case 0:
			r.ByMonth = some(1, 2, 3, 12)
		case 1:
			r.ByMonthDay = append(some(1, 2, 3, 4, -1, -2, -3, -4, 28, 29, 30, 31), 30)
		case 2:
			r.ByYearDay = append(some(1, 2, 3, -1, -2, -3, 364, 365, 366), -366)
		}
		if random.IntN(2) == 0 {
			r.BySetPos = some(1, 2, 3, -1, -2, -3)
		}
		start := time.Date(2000+random.IntN(60), time.December, 20+random.IntN(30), 0, 0, 0, 0, time.UTC)
		series, err := Set{Rules: []Rule{r}}.Series(Due{Date: start.Format(time.DateOnly)})
		if err != nil {
			t.Fatal(err)
		}
		const years = 30
		end := start.AddDate(years, 0, 0).Format(time.DateOnly)
		var got []string
		for due, err := range series.All() {
			if err != nil {
				t.Fatal(err)
			}
			if due.Date >= end {
				break
			}
			got = append(got, due.Date)
		}
		want := weekYearDates(r, start, years)
		if !slices.Equal(got, want) {
			t.Fatalf("%s from %s\ngot  %v\nwant %v", r, series.Start(), got, want)
		}
	}
}

// weekYearDates walks over all days for some years from the start.
func weekYearDates(r Rule, start time.Time, years int) (dates []string) {
	begin, end := start.Format(time.DateOnly), start.AddDate(years, 0, 0).Format(time.DateOnly)
	yearOf := func(day time.Time) (year, week int) {
		fromFirst := (int(day.Weekday()) + 6 - int(r.WeekStart)) % 7
		fourth := day.AddDate(0, 0, 3-fromFirst)
		return fourth.Year(), (fourth.YearDay()-1)/7 + 1
	}
	named := func(list []int, n, length int) bool {
		return len(list) == 0 || slices.Contains(list, n) || slices.Contains(list, n-length-1)
	}
	firstYear, _ := yearOf(start)
	period, inPeriod := 0, []string(nil)
	flush := func() {
		for _, date := range pickDates(inPeriod, r.BySetPos) {
			if begin <= date && date < end {
				dates = append(dates, date)
			}
		}
		inPeriod = nil
	}
	for day := start.AddDate(-2, 0, 0); day.Year() <= start.Year()+years+1; day = day.AddDate(0, 0, 1) {
		year, week := yearOf(day)
		if year != period {
			flush()
			period = year
		}
		if year < firstYear || (year-firstYear)%r.Interval != 0 {
			continue
		}
		_, weeks := yearOf(time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC))
		monthLength := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		yearLength := time.Date(day.Year(), time.December, 31, 0, 0, 0, 0, time.UTC).YearDay()
		isDay := slices.ContainsFunc(r.ByDay, func(d Day) bool { return int(d.Weekday) == (int(day.Weekday())+6)%7 })
		isMonth := len(r.ByMonth) == 0 || slices.Contains(r.ByMonth, int(day.Month()))
		if isDay && isMonth && named(r.ByWeekNo, week, weeks) &&
			named(r.ByMonthDay, day.Day(), monthLength) && named(r.ByYearDay, day.YearDay(), yearLength) {
			inPeriod = append(inPeriod, day.Format(time.DateOnly))
		}
	}
	flush()
	return dates
}

func pickDates(list []string, positions []int) (picked []string) {
	for i, item := range list {
		if len(positions) == 0 || slices.Contains(positions, i+1) || slices.Contains(positions, i-len(list)) {
			picked = append(picked, item)
		}
	}
	return picked
}
