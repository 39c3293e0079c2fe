// Package report holds what a run has measured, prints it, and compares it with an
// earlier run.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
	"unicode/utf8"
)

// Report is all that one run has measured.
type Report struct {
	// Label says what was measured.
	Label string    `json:"label"`
	At    time.Time `json:"at"`
	// Settings are the flags of the run.
	Settings map[string]string `json:"settings"`
	Tables   []Table           `json:"tables"`
}

// Table is a group of figures. Its title gives the unit.
type Table struct {
	Title   string   `json:"title"`
	Columns []string `json:"columns"`
	Rows    []Row    `json:"rows"`
}

// Row is one line of a table, with a value for each column.
type Row struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
}

// Add adds a row.
func (t *Table) Add(name string, values ...float64) {
	t.Rows = append(t.Rows, Row{name, values})
}

// NewLatencies makes a table for AddSamples.
func NewLatencies(title string) Table {
	return Table{Title: title + " (ms)", Columns: []string{"count", "p50", "p90", "p99", "max"}}
}

// AddSamples adds a row with the percentiles of samples; none when there are none.
func (t *Table) AddSamples(name string, samples *Samples) {
	sorted := samples.Sorted()
	if len(sorted) == 0 {
		return
	}
	t.Add(name, float64(len(sorted)), Millis(Percentile(sorted, 50)), Millis(Percentile(sorted, 90)),
		Millis(Percentile(sorted, 99)), Millis(sorted[len(sorted)-1]))
}

// Millis is d in milliseconds.
func Millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Load reads the report that Save wrote.
func Load(path string) (*Report, error) {
	content, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, fmt.Errorf("read the report to compare with: %w", err)
	}
	r := &Report{}
	if err := json.Unmarshal(content, r); err != nil {
		return nil, fmt.Errorf("read the report %s: %w", path, err)
	}
	return r, nil
}

// Save writes the report as JSON.
func (r *Report) Save(path string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if err := os.WriteFile(path, append(content, '\n'), 0o600); err != nil {
		return fmt.Errorf("save the report: %w", err)
	}
	return nil
}

// Print writes the report as text. With before, each figure reads "before → now".
func (r *Report) Print(out io.Writer, before *Report) error {
	p := printer{out: out}
	p.printf("%s, %s\n", r.Label, r.At.Format(time.RFC3339))
	if before != nil {
		p.printf("before: %s, %s\n", before.Label, before.At.Format(time.RFC3339))
		p.differences(before.Settings, r.Settings)
	}
	for _, table := range r.Tables {
		p.table(table, before)
	}
	return p.err
}

// printer keeps the first error, so that printing reads as a list of what is printed.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format, args...)
	}
}

// differences warns of settings that make two runs hard to compare.
func (p *printer) differences(before, now map[string]string) {
	for name, value := range now {
		if before[name] != value {
			p.printf("note: %s was %q and is %q\n", name, before[name], value)
		}
	}
}

// table writes names to the left and figures to the right of their columns.
func (p *printer) table(t Table, before *Report) {
	lines := [][]string{append([]string{t.Title}, t.Columns...)}
	for _, row := range t.Rows {
		line := []string{row.Name}
		for i, value := range row.Values {
			line = append(line, cell(value, before.find(t.Title, row.Name, t.Columns[i])))
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	p.printf("\n")
	for _, line := range lines {
		p.printf("%-*s", widths[0], line[0])
		for i, text := range line[1:] {
			p.printf("  %*s", widths[i+1], text)
		}
		p.printf("\n")
	}
}

// find returns the value of a cell; nil when r has none, or is nil.
func (r *Report) find(title, row, column string) *float64 {
	if r == nil {
		return nil
	}
	for _, t := range r.Tables {
		if t.Title != title {
			continue
		}
		for _, candidate := range t.Rows {
			for i, name := range t.Columns {
				if candidate.Name == row && name == column && i < len(candidate.Values) {
					return &candidate.Values[i]
				}
			}
		}
	}
	return nil
}

func cell(now float64, before *float64) string {
	if before == nil {
		return number(now)
	}
	return number(*before) + " → " + number(now)
}

// number writes about three digits: more would only be noise.
func number(value float64) string {
	size := max(value, -value)
	switch {
	case value == float64(int64(value)) || size >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}
