package filter

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestExamplesOfTheDocumentation reads the first column of the table of filters.
func TestExamplesOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| filter | selects what |")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1)
	if len(rows) < 25 {
		t.Fatalf("%d examples were found", len(rows))
	}
	for _, row := range rows {
		if _, err := Parse(strings.ReplaceAll(row[1], `\|`, "|"), thursday(t)); err != nil {
			t.Errorf("%q: %v", row[1], err)
		}
	}
}
