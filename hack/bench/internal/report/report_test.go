package report

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPercentileIsNearestRank(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		sorted  []time.Duration
		percent int
		want    time.Duration
	}{
		{nil, 99, 0},
		{[]time.Duration{5}, 50, 5},
		{[]time.Duration{5}, 99, 5},
		{[]time.Duration{1, 2}, 50, 1},
		{[]time.Duration{1, 2, 3}, 50, 2},
		{[]time.Duration{1, 2, 3}, 100, 3},
		{hundred, 50, 50},
		{hundred, 99, 99},
	} {
		if got := Percentile(c.sorted, c.percent); got != c.want {
			t.Errorf("percentile %d of %v is %v, want %v", c.percent, c.sorted, got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 3: "3", 1234.5: "1234", 12.34: "12.3", 1.234: "1.23", 0.05: "0.05", -1.5: "-1.50", -250.7: "-251",
	} {
		if got := number(value); got != want {
			t.Errorf("%v is written %q, want %q", value, got, want)
		}
	}
}

func sample(label string, p50 float64) *Report {
	table := Table{Title: "Latency (ms)", Columns: []string{"count", "p50"}}
	table.Add("read", 10, p50)
	return &Report{Label: label, Settings: map[string]string{"rate": label}, Tables: []Table{table}}
}

func TestPrintComparesByName(t *testing.T) {
	now := sample("now", 4)
	now.Tables[0].Add("write", 7, 9)
	var out strings.Builder
	if err := now.Print(&out, sample("then", 8)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before: then", `rate was "then" and is "now"`, "10 → 10", "8 → 4", "write               7      9"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := now.Print(&out, nil); err != nil || strings.Contains(out.String(), "→") {
		t.Errorf("without an earlier run: %v\n%s", err, out.String())
	}
}

func TestReportSurvivesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	if err := sample("a", 4).Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil || got.Label != "a" || *got.find("Latency (ms)", "read", "p50") != 4 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAddSamplesLeavesOutWhatWasNotMeasured(t *testing.T) {
	table := NewLatencies("Latency")
	table.AddSamples("nothing", &Samples{})
	var samples Samples
	samples.Add(2 * time.Millisecond)
	table.AddSamples("read", &samples)
	if len(table.Rows) != 1 || table.Rows[0].Values[1] != 2 {
		t.Errorf("got %+v", table.Rows)
	}
}
