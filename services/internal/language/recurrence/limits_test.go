package recurrence

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

func TestASetIsBounded(t *testing.T) {
	lines := func(line string, n int) string { return strings.Repeat(line+"\n", n) }
	dates := func(name string, n int) string {
		return "FREQ=DAILY\n" + name + ";VALUE=DATE:20270101" + strings.Repeat(",20270101", n-1)
	}
	tests := []struct {
		name, text, want string // want: "" when it is accepted
		position         int
	}{
		{"as many rules as there may be", lines("FREQ=DAILY;COUNT=3", MaxRules), "", 0},
		{"one rule more", lines("FREQ=DAILY", MaxRules+1), "a recurrence may have at most 20 rules; this one has 21", 20 * 11},
		{"a text full of rules", lines("FREQ=DAILY;COUNT=1000000", 600), "a recurrence may have at most 20 rules; this one has 600", 20 * 25},
		{"as many further dates as there may be", dates("RDATE", MaxDates), "", 0},
		{"one date more", dates("RDATE", MaxDates+1), "a recurrence may have at most 1000 further dates; this one has 1001", 11},
		{"as many exceptions as there may be", dates("EXDATE", MaxDates), "", 0},
		{"one exception more", dates("EXDATE", MaxDates+1), "a recurrence may have at most 1000 exceptions; this one has 1001", 11},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.text)
			if test.want == "" {
				if err != nil {
					t.Errorf("it is refused: %v", err)
				}
				return
			}
			fault, ok := errors.AsType[*Error](err)
			if !ok || fault.Message != test.want || fault.Position != test.position {
				t.Errorf("got %v, want %q at %d", err, test.want, test.position)
			}
		})
	}
	if _, err := (Set{Rules: slices.Repeat([]Rule{{Freq: Daily, Interval: 1}}, MaxRules+1)}).Series(Due{Date: "2026-11-22"}); err == nil {
		t.Error("a set made by hand is not bounded")
	}
	if _, err := ParseText(strings.Repeat("every day; ", MaxRules)+"every week", sunday, words.English()); err == nil {
		t.Error("a set in words is not bounded")
	}
}

// heavy are the rules that take the most work for what they are, each in its own way.
var heavy = []struct{ name, rule string }{
	{"seconds that drift", "FREQ=SECONDLY;INTERVAL=4099;BYSECOND=" + numbers(1, 58) + ";BYMONTHDAY=" + numbers(1, 30)},
	{"seconds on every other one", "FREQ=SECONDLY;INTERVAL=7201;BYSECOND=1,3,5,7,9,11,13,15;BYMONTHDAY=" + numbers(1, 30)},
	{"days that rarely meet an hour", "FREQ=SECONDLY;INTERVAL=86413;BYHOUR=3;BYMINUTE=0;BYSECOND=0;BYMONTHDAY=" + numbers(1, 30)},
	{"weeks", "FREQ=WEEKLY;BYMONTH=1,3"},
	{"every day by its number", "FREQ=YEARLY;BYDAY=" + everyOrdinal()},
	{"every second of a day", "FREQ=YEARLY;BYHOUR=" + numbers(0, 23) + ";BYMINUTE=" + numbers(0, 59) + ";BYSECOND=" + numbers(0, 59) + ";BYSETPOS=" + numbers(1, 366)},
}

func numbers(from, to int) string {
	var list []string
	for n := from; n <= to; n++ {
		list = append(list, strconv.Itoa(n))
	}
	return strings.Join(list, ",")
}

func everyOrdinal() string {
	var list []string
	for n := 1; n <= 53; n++ {
		for _, name := range weekdayNames {
			list = append(list, strconv.Itoa(n)+name, strconv.Itoa(-n)+name)
		}
	}
	return strings.Join(list, ",")
}

// unbounded is work for tests that count far.
func unbounded() *work { return &work{left: 1 << 60} }

// firstSecond begins a series with the most years before it.
var firstSecond = Due{Date: "0001-01-01", Time: "00:00", Zone: "Europe/Berlin"}

// heavySet is a rule some times over, with a COUNT that ends it in the last year, so
// that it has to be counted to there.
func heavySet(t testing.TB, rule string, times int) Set {
	t.Helper()
	one := mustParse(t, rule).Rules[0]
	p, err := newPlan(one, mustWall(t, firstSecond), false)
	if err != nil {
		t.Fatal(err)
	}
	var set Set
	most := p.rank(unbounded(), lastWall+1)
	for i := range times {
		one.Count = min(most, maxNumber) - i
		set.Rules = append(set.Rules, one)
	}
	return set
}

// askFar asks a series what comes at the end of all years, from both sides.
func askFar(t testing.TB, set Set) (err error) {
	t.Helper()
	series, err := set.Series(firstSecond)
	if err != nil {
		t.Fatal(err)
	}
	end := Due{Date: "9999-12-31", Time: "00:00", Zone: "Europe/Berlin"}
	before, invalid := series.Before(end)
	if invalid != nil {
		t.Fatal(invalid)
	}
	for _, err = range before {
		break
	}
	return err
}

// TestWorkIsBounded proves that a set cannot take longer than its share. The bound is
// generous: it tells what [BenchmarkWorst] shows from the 36 seconds that such a set took.
func TestWorkIsBounded(t *testing.T) {
	refused := 0
	for _, bench := range heavy {
		set := heavySet(t, bench.rule, MaxRules)
		begin := time.Now()
		err := askFar(t, set)
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("%s: took %v", bench.name, took)
		}
		switch {
		case errors.Is(err, ErrTooMuchWork):
			refused++
		case err != nil:
			t.Errorf("%s: got %v", bench.name, err)
		}
	}
	if refused == 0 {
		t.Error("nothing is too much work")
	}
}

// TestAHeavyRuleGoesOn proves that each of the heaviest rules is followed for as long as
// people keep a series.
func TestAHeavyRuleGoesOn(t *testing.T) {
	for _, bench := range heavy {
		series, err := heavySet(t, bench.rule, 1).Series(firstSecond)
		if err != nil {
			t.Fatal(err)
		}
		after, err := series.After(Due{Date: "0037-01-01", Time: "00:00", Zone: "Europe/Berlin"})
		if err != nil {
			t.Fatal(err)
		}
		if found, err := firstOr(after, 1); err != nil || len(found) == 0 {
			t.Errorf("%s: after 36 years comes %v, %v", bench.name, found, err)
		}
	}
}

// TestManyOccurrencesAreNotTooMuchWork lists as many as the command line does of sets that
// have a rule as often as they may.
func TestManyOccurrencesAreNotTooMuchWork(t *testing.T) {
	for _, bench := range benchmarkRules {
		set := mustParse(t, bench.rule)
		set.Rules = slices.Repeat(set.Rules, MaxRules/len(set.Rules))
		series, err := set.Series(Due{Date: "1990-01-01", Time: "09:00", Zone: "Europe/Berlin"})
		if err != nil {
			t.Fatal(err)
		}
		if found, err := firstOr(series.All(), 10_000); err != nil {
			t.Errorf("%s: after %d, at %s: %v", bench.name, len(found), found[len(found)-1], err)
		}
	}
}

// TestTooMuchWorkIsAnError proves that a question never ends as if nothing more came.
func TestTooMuchWorkIsAnError(t *testing.T) {
	rule := heavy[2].rule
	series, err := mustParse(t, rule).Series(dueOf("0001-01-01 00:00 UTC"))
	if err != nil {
		t.Fatal(err)
	}
	var last error
	found := 0
	for _, err := range series.All() {
		if last = err; err == nil {
			found++
		}
	}
	if !errors.Is(last, ErrTooMuchWork) || found == 0 {
		t.Errorf("got %d occurrences and then %v", found, last)
	}
	_, _, err = Next(heavySet(t, heavy[0].rule, MaxRules), AnchorSchedule, Completion{
		Start: firstSecond, Due: firstSecond, Done: time.Date(9990, time.January, 1, 0, 0, 0, 0, time.UTC),
	})
	if !errors.Is(err, ErrTooMuchWork) {
		t.Errorf("Next: got %v", err)
	}
	_, _, err = heavySet(t, heavy[0].rule, MaxRules).Split(firstSecond, Due{Date: "9990-01-01", Time: "00:00", Zone: "Europe/Berlin"})
	if !errors.Is(err, ErrTooMuchWork) {
		t.Errorf("Split: got %v", err)
	}
}
