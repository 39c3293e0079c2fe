package quickadd

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// documented is a row of the table of examples: a line and its meaning.
var documented = regexp.MustCompile("(?m)^(?:\\|.*)?\\| `([^`]*)` \\| `([^`]*)` \\|$")

// TestTheExamplesOfTheDocumentation reads them as a user does.
func TestTheExamplesOfTheDocumentation(t *testing.T) {
	checkDocumented(t, "## Quick-add\n", 20, thursday(t))
}

// TestTheGermanExamplesOfTheDocumentation reads those of the other language.
func TestTheGermanExamplesOfTheDocumentation(t *testing.T) {
	checkDocumented(t, "| line | meaning |\n", 4, german(t))
}

// checkDocumented reads the tables from a line of the documentation to the next
// heading.
func checkDocumented(t *testing.T, begin string, least int, options Options) {
	t.Helper()
	data, err := os.ReadFile("../../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n"+begin)
	section, _, _ = strings.Cut(section, "\n##")
	rows := documented.FindAllStringSubmatch(section, -1)
	if len(rows) < least {
		t.Fatalf("the documentation has only %d examples", len(rows))
	}
	for _, row := range rows {
		check(t, options, map[string]string{row[1]: strings.ReplaceAll(row[2], "; ", " | ")})
	}
}
