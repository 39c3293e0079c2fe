package recurrence

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// recorded is one line of testdata/compare/golden.jsonl.gz, see generate.py.
type recorded struct {
	Kind     string          `json:"kind"`
	Start    string          `json:"start"`
	Zone     string          `json:"zone"`
	Rule     string          `json:"rule"`
	Dateutil []int64         `json:"dateutil"`
	Temporal json.RawMessage `json:"temporal"`
}

// temporal is what rrule-temporal found; ok is false when it gave up.
func (r recorded) temporal(t *testing.T) (found []int64, ok bool) {
	t.Helper()
	switch string(r.Temporal) {
	case "":
		return r.Dateutil, r.Dateutil != nil
	case "null":
		return nil, false
	}
	if err := json.Unmarshal(r.Temporal, &found); err != nil {
		t.Fatal(err)
	}
	return found, true
}

func (r recorded) series(t *testing.T) (*Series, Set) {
	t.Helper()
	set, err := Parse(r.Rule)
	if err != nil {
		t.Fatalf("%s: %v", r.Rule, err)
	}
	series, err := set.Series(r.due())
	if err != nil {
		t.Fatalf("%s: %v", r.Rule, err)
	}
	return series, set
}

func (r recorded) due() Due {
	date, clock, _ := strings.Cut(r.Start, "T")
	return Due{Date: date, Time: clock, Zone: r.Zone}
}

func readRecorded(t testing.TB) []recorded {
	t.Helper()
	file, err := os.Open("testdata/compare/golden.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []recorded
	scanner := bufio.NewScanner(unpacked)
	for scanner.Scan() {
		var row recorded
		if err := json.Unmarshal(scanner.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// offsets lists the first n occurrences as seconds after the start.
func offsets(t *testing.T, series *Series, n int) []int64 {
	t.Helper()
	begin, err := series.Start().Instant(nil)
	if err != nil {
		t.Fatal(err)
	}
	found := []int64{}
	for due, err := range series.All() {
		if err != nil {
			t.Fatal(err)
		}
		instant, err := due.Instant(nil)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, instant.Unix()-begin.Unix())
		if len(found) == n {
			break
		}
	}
	return found
}

// TestAgreesWithOtherImplementations compares the first occurrences of
// generated rules with those of two independent implementations. Where one of
// them differs there must be a reason.
func TestAgreesWithOtherImplementations(t *testing.T) {
	counts := map[string]int{}
	for _, row := range readRecorded(t) {
		series, set := row.series(t)
		n := 10
		if row.Kind == "zone" {
			n = 30
		}
		ours := offsets(t, series, n)
		counts[row.Kind]++
		if row.Dateutil != nil {
			counts["with dateutil"]++
			if !slices.Equal(ours, row.Dateutil) {
				reason := whyDateutilDiffers(row, set)
				counts["dateutil: "+reason]++
				if reason == "" {
					t.Errorf("%s %s %s\n    ours %v\ndateutil %v", row.Start, row.Zone, row.Rule, ours, row.Dateutil)
				}
			}
		}
		if temporal, ok := row.temporal(t); ok {
			counts["with rrule-temporal"]++
			if !slices.Equal(ours, temporal) {
				reason := whyTemporalDiffers(row, set)
				counts["rrule-temporal: "+reason]++
				if reason == "" {
					t.Errorf("%s %s %s\n    ours %v\ntemporal %v", row.Start, row.Zone, row.Rule, ours, temporal)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Log(counts[name], name)
	}
}

func whyDateutilDiffers(row recorded, set Set) string {
	for _, r := range set.Rules {
		switch {
		case r.Freq == Weekly && len(r.BySetPos) > 0:
			return "BYSETPOS counts in the whole week, also where the start cuts it (3.3.10)"
		case weekNumberIsAlone(r):
			return "BYWEEKNO alone takes the weekday from the start (3.3.10, information not in the rule)"
		case namesOuterWeek(r) && (r.Interval > 1 || len(r.BySetPos) > 0):
			return "with BYWEEKNO the years of an interval or a set are those of the week numbers (3.3.10 leaves it open)"
		case namesLastWeek(r):
			return "it misses days of January that lie in the last week of the year before"
		}
	}
	switch {
	case row.Zone == "Africa/Casablanca":
		return "it reads summer time below standard time wrongly from the zone file"
	case row.Kind == "zone" && len(row.Dateutil) > 0 && row.Dateutil[0] < 0:
		return "nothing comes before the start"
	}
	return ""
}

func whyTemporalDiffers(row recorded, set Set) string {
	r := set.Rules[0]
	hasOrdinal := slices.ContainsFunc(r.ByDay, func(d Day) bool { return d.Ordinal != 0 })
	has53 := slices.ContainsFunc(r.ByDay, func(d Day) bool { return d.Ordinal == 53 || d.Ordinal == -53 })
	switch {
	case row.Kind == "zone" && r.Freq < Daily:
		return "rules below DAILY go by wall time as others do (3.3.5)"
	case row.Kind == "zone":
		return "a wall time in a gap is read with the offset before it (3.3.5)"
	case len(r.ByWeekNo) > 0 && len(r.ByMonthDay)+len(r.ByYearDay) > 0:
		return "BYYEARDAY and BYMONTHDAY limit BYWEEKNO (3.3.10, table)"
	case row.Kind == "skip":
		return "each day that a month or year does not have moves (RFC 7529 section 4.1)"
	case has53:
		return "a year with 52 such weekdays has no 53rd"
	case len(r.ByYearDay) > 0 && len(r.ByDay)+len(r.ByMonthDay) > 0:
		return "BYMONTHDAY and BYDAY limit BYYEARDAY (3.3.10, table)"
	case len(r.ByMonthDay) > 0 && hasOrdinal:
		return "BYDAY limits BYMONTHDAY (3.3.10, table)"
	}
	return ""
}

// namesOuterWeek reports whether BYWEEKNO names a week that may lie in two years.
func namesOuterWeek(r Rule) bool {
	return namesLastWeek(r) || slices.ContainsFunc(r.ByWeekNo, func(n int) bool { return n == 1 || n <= -52 })
}

func namesLastWeek(r Rule) bool {
	return slices.ContainsFunc(r.ByWeekNo, func(n int) bool { return n == -1 || n >= 52 })
}

func weekNumberIsAlone(r Rule) bool {
	return len(r.ByWeekNo) > 0 && len(r.ByDay)+len(r.ByMonthDay)+len(r.ByYearDay) == 0
}
