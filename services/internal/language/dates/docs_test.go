package dates

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// documented is a row of a table with words and their meaning.
var documented = regexp.MustCompile("(?m)^\\|.*\\| `([^`]*)` \\| (?:`([^`]*)` )?\\|$|^\\| `([^`]*)` \\| `([^`]*)` \\|$")

// TestTheExamplesOfTheDocumentation reads them as a user does.
func TestTheExamplesOfTheDocumentation(t *testing.T) {
	checkDocumented(t, "## Dates and times", "\n## ", 50, thursday(t))
}

// TestTheGermanExamplesOfTheDocumentation reads those of the other language.
func TestTheGermanExamplesOfTheDocumentation(t *testing.T) {
	checkDocumented(t, "### German", "| line |", 20, german(t))
}

// checkDocumented reads the tables between two lines of the documentation.
func checkDocumented(t *testing.T, heading, end string, least int, options Options) {
	t.Helper()
	data, err := os.ReadFile("../../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n"+heading+"\n")
	section, _, _ = strings.Cut(section, end)
	rows := documented.FindAllStringSubmatch(section, -1)
	if len(rows) < least {
		t.Fatalf("%s has only %d examples", heading, len(rows))
	}
	for _, row := range rows {
		text, want := row[1]+row[3], row[2]+row[4]
		results := Find(text, options)
		got := show(results)
		if len(results) == 1 {
			got = strings.TrimPrefix(got, text+": ")
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
