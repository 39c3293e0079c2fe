package quickadd

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// documented is a row of the table of examples: a line and its meaning.
var documented = regexp.MustCompile("(?m)^\\|.*\\| `([^`]*)` \\| `([^`]*)` \\|$")

// TestTheExamplesOfTheDocumentation reads them as a user does.
func TestTheExamplesOfTheDocumentation(t *testing.T) {
	data, err := os.ReadFile("../../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n## Quick-add\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := documented.FindAllStringSubmatch(section, -1)
	if len(rows) < 20 {
		t.Fatalf("the documentation has only %d examples", len(rows))
	}
	for _, row := range rows {
		check(t, thursday(t), map[string]string{row[1]: strings.ReplaceAll(row[2], "; ", " | ")})
	}
}
