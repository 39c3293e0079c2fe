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
	data, err := os.ReadFile("../../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n## Dates and times\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := documented.FindAllStringSubmatch(section, -1)
	if len(rows) < 50 {
		t.Fatalf("the documentation has only %d examples", len(rows))
	}
	for _, row := range rows {
		text, want := row[1]+row[3], row[2]+row[4]
		results := Find(text, thursday(t))
		got := show(results)
		if len(results) == 1 {
			got = strings.TrimPrefix(got, text+": ")
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
