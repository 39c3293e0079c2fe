package recurrence

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// TestPrintedRulesReadBack proves parse(print(x)) = x, for RFC 5545 and for
// sentences, on every recorded rule.
func TestPrintedRulesReadBack(t *testing.T) {
	for _, row := range readRecorded(t) {
		set, err := Parse(row.Rule)
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrips(t, set, AnchorSchedule)
		checkRoundTrips(t, set, AnchorCompletion)
	}
}

func checkRoundTrips(t *testing.T, set Set, anchor Anchor) {
	t.Helper()
	printed := set.String()
	again, err := Parse(printed)
	if err != nil || again.String() != printed {
		t.Fatalf("%q is read back as %q, %v", printed, again, err)
	}
	for _, locale := range words.All() {
		text := Text(set, anchor, locale)
		phrase, err := ParseText(text, sunday, locale)
		if err != nil || phrase.Set.String() != printed || phrase.Anchor != anchor || phrase.Time != "" {
			t.Fatalf("%q is written %q and read back as %q %q %q, %v", printed, text, phrase.Set, phrase.Anchor, phrase.Time, err)
		}
	}
}

func germanWords(t testing.TB) *words.Locale {
	t.Helper()
	locale, err := words.Find("de")
	if err != nil {
		t.Fatal(err)
	}
	return locale
}

// TestIterationAgreesWithItself proves on every recorded rule that occurrences
// ascend, that going backwards gives the same, and that starting at any of them
// does, too.
func TestIterationAgreesWithItself(t *testing.T) {
	for i, row := range readRecorded(t) {
		if i%4 != 0 && row.Kind == "rule" {
			continue // the others of this kind add time but no new class
		}
		series, _ := row.series(t)
		checkIteration(t, row.Rule, series, 25)
	}
}

func checkIteration(t *testing.T, name string, series *Series, n int) {
	t.Helper()
	forward, err := firstOr(series.All(), n)
	if len(forward) == 0 || errors.Is(err, ErrTooMuchWork) {
		return
	}
	last := forward[len(forward)-1]
	before, err := series.Before(last)
	if err != nil {
		t.Fatal(err)
	}
	backward := first(before, n)
	slices.Reverse(backward)
	if !slices.Equal(backward, forward[:len(forward)-1]) {
		t.Fatalf("%s from %s\n forward %v\nbackward %v", name, series.Start(), forward, backward)
	}
	for i, due := range forward {
		if i > 0 {
			if order, err := compare(forward[i-1], due); err != nil || order >= 0 {
				t.Fatalf("%s from %s: %s does not come before %s", name, series.Start(), forward[i-1], due)
			}
		}
		after, err := series.After(due)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := first(after, 1), forward[i+1:min(i+2, len(forward))]; len(want) > 0 && !slices.Equal(got, want) {
			t.Fatalf("%s from %s: after %s comes %v, want %v", name, series.Start(), due, got, want)
		}
	}
	between, err := series.Between(forward[0], last)
	if err != nil {
		t.Fatal(err)
	}
	if got := first(between, n); len(forward) > 1 && !slices.Equal(got, forward[1:len(forward)-1]) {
		t.Fatalf("%s from %s: between gives %v, want %v", name, series.Start(), got, forward[1:len(forward)-1])
	}
}

// TestCountIsTheSameAsCounting proves that the end which COUNT sets is the
// occurrence with that number: near for the recorded rules, and centuries away for
// rules of each kind.
func TestCountIsTheSameAsCounting(t *testing.T) {
	for i, row := range readRecorded(t) {
		if row.Kind == "set" || strings.Contains(row.Rule, "COUNT") || i%5 != 0 {
			continue
		}
		for _, count := range []int{1, 7, 60} {
			checkCount(t, row.Rule, mustWall(t, row.due()), count)
		}
	}
	for _, bench := range benchmarkRules {
		rule, _, _ := strings.Cut(bench.rule, ";COUNT")
		if strings.HasPrefix(rule, "FREQ=") && !strings.Contains(rule, "UNTIL") {
			checkCount(t, rule, mustWall(t, dueOf("1990-01-01 09:00 UTC")), 2500)
		}
	}
}

func checkCount(t *testing.T, rule string, start int64, count int) {
	t.Helper()
	set, err := Parse(rule)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(set.Rules[0], start, false)
	if err != nil {
		t.Fatal(err)
	}
	last, found := p.start-1, 0
	for g := p.grid(unbounded()); found < count; found++ {
		wall, ok := g.ceil(last + 1)
		if !ok {
			break
		}
		last = wall
	}
	if rank := p.rank(unbounded(), last+1); rank != found {
		t.Fatalf("%s: rank after %d occurrences is %d", rule, found, rank)
	}
	p.rule.Count = count
	if got, ok := p.grid(unbounded()).floor(lastWall); ok != (found > 0) || ok && got != last {
		t.Fatalf("%s: number %d is %d by walking and %d, %v by counting", rule, found, last, got, ok)
	}
	if more, ok := p.grid(unbounded()).ceil(last + 1); ok && found == count {
		t.Fatalf("%s: after %d occurrences comes %d", rule, found, more)
	}
}

// TestIntervalsThatDriftThroughTheDay proves that the arithmetic for them finds
// what counting interval by interval finds, both ways.
func TestIntervalsThatDriftThroughTheDay(t *testing.T) {
	isWeekday := func(days ...Weekday) func(wall int64) bool {
		return func(wall int64) bool { return slices.Contains(days, weekdayOf(int(floorDiv(wall, secondsPerDay)))) }
	}
	tests := []struct {
		rule     string
		interval int64
		passes   func(wall int64) bool
	}{
		{"FREQ=SECONDLY;INTERVAL=86413;BYHOUR=3;BYSECOND=59", 86413, func(wall int64) bool { return wall/3600%24 == 3 && wall%60 == 59 }},
		{"FREQ=SECONDLY;INTERVAL=5003;BYHOUR=3;BYMINUTE=7", 5003, func(wall int64) bool { return wall/60%1440 == 187 }},
		{"FREQ=MINUTELY;INTERVAL=1439;BYHOUR=9;BYMINUTE=0", 1439 * 60, func(wall int64) bool { return wall/60%1440 == 540 }},
		{"FREQ=MINUTELY;INTERVAL=1442;BYHOUR=8,9", 1442 * 60, func(wall int64) bool { return wall/3600%24 == 8 || wall/3600%24 == 9 }},
		{"FREQ=HOURLY;INTERVAL=169;BYHOUR=9", 169 * 3600, func(wall int64) bool { return wall/3600%24 == 9 }},
		{"FREQ=HOURLY;INTERVAL=169;BYHOUR=9;BYDAY=TU,SU", 169 * 3600, func(wall int64) bool {
			return wall/3600%24 == 9 && isWeekday(Tuesday, Sunday)(wall)
		}},
		{"FREQ=MINUTELY;INTERVAL=1439;BYHOUR=9;BYDAY=MO", 1439 * 60, func(wall int64) bool { return wall/3600%24 == 9 && isWeekday(Monday)(wall) }},
	}
	for _, test := range tests {
		start := mustWall(t, dueOf("2026-11-22 09:00 UTC"))
		set, err := Parse(test.rule)
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPlan(set.Rules[0], start, false)
		if err != nil {
			t.Fatal(err)
		}
		previous := start - 1
		for wall, found := start, 0; found < 40; wall += test.interval {
			if !test.passes(wall) {
				continue
			}
			found++
			if got, ok := p.grid(unbounded()).ceil(previous + 1); !ok || got != wall {
				t.Fatalf("%s: after %d comes %d, %v, want %d", test.rule, previous, got, ok, wall)
			}
			if got, ok := p.grid(unbounded()).floor(wall - 1); ok != (found > 1) || ok && got != previous {
				t.Fatalf("%s: before %d comes %d, %v, want %d", test.rule, wall, got, ok, previous)
			}
			previous = wall
		}
	}
}

// TestSplitKeepsEveryOccurrence proves that both halves of a split series make
// up the whole.
func TestSplitKeepsEveryOccurrence(t *testing.T) {
	refused := 0
	for i, row := range readRecorded(t) {
		if i%3 != 0 && row.Kind == "rule" {
			continue
		}
		series, set := row.series(t)
		whole := first(series.All(), 12)
		for _, at := range []int{0, 1, 5, 11} {
			if at >= len(whole) {
				continue
			}
			before, after, err := set.Split(row.due(), whole[at])
			if err != nil {
				// Several intervals, a date beside the interval, a day that SKIP moved out of its period, or minutes
				// in a clock change.
				if len(set.Rules) == 1 && set.Rules[0].Skip == SkipUnset && len(set.RDates) == 0 && row.Kind != "zone" {
					t.Fatalf("%s %s: %v", row.Start, row.Rule, err)
				}
				refused++
				continue
			}
			joined := append(all(t, before), first(allOf(t, after), 12-at)...)
			if !slices.Equal(joined, whole) {
				t.Fatalf("%s %s %s split at %s\n before %v\n  after %v\n    got %v\n  whole %v",
					row.Start, row.Zone, row.Rule, whole[at], before, after, joined, whole)
			}
		}
	}
	t.Log(refused, "refused")
}

func all(t *testing.T, set Set) []Due {
	t.Helper()
	if len(set.Rules)+len(set.RDates) == 0 {
		return nil
	}
	return first(allOf(t, set), 100)
}

func mustWall(t testing.TB, due Due) int64 {
	t.Helper()
	wall, err := due.resolve()
	if err != nil {
		t.Fatal(err)
	}
	return wall
}
