package recurrence

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
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
	for due := range series.All() {
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
// them differs, the RFC must say why it is wrong, and the other must agree or
// differ for a reason of its own.
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
		if row.Dateutil != nil && !slices.Equal(ours, row.Dateutil) {
			reason := whyDateutilDiffers(set)
			counts["dateutil: "+reason]++
			if reason == "" {
				t.Errorf("%s %s %s\n    ours %v\ndateutil %v", row.Start, row.Zone, row.Rule, ours, row.Dateutil)
			}
		}
		if temporal, ok := row.temporal(t); ok && !slices.Equal(ours, temporal) {
			reason := whyTemporalDiffers(row, set)
			counts["rrule-temporal: "+reason]++
			if reason == "" {
				t.Errorf("%s %s %s\n    ours %v\ntemporal %v", row.Start, row.Zone, row.Rule, ours, temporal)
			}
		}
	}
	for name, count := range counts {
		t.Log(count, name)
	}
}

func whyDateutilDiffers(set Set) string {
	for _, r := range set.Rules {
		hasOrdinal := slices.ContainsFunc(r.ByDay, func(d Day) bool { return d.Ordinal != 0 })
		hasPlain := slices.ContainsFunc(r.ByDay, func(d Day) bool { return d.Ordinal == 0 })
		switch {
		case r.Freq == Weekly && len(r.BySetPos) > 0:
			return "BYSETPOS counts in the whole week, also where the start cuts it"
		case len(r.ByWeekNo) > 0 && len(r.ByDay)+len(r.ByMonthDay)+len(r.ByYearDay) == 0:
			return "BYWEEKNO alone takes the weekday from the start"
		case hasOrdinal && hasPlain:
			return "BYDAY lists alternatives"
		}
	}
	return ""
}

func whyTemporalDiffers(recorded, Set) string {
	return ""
}
