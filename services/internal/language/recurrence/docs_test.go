package recurrence

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// documented is a row of a table: one or more texts and the rule that they mean.
var documented = regexp.MustCompile("(?m)^\\|(?: [^`|]* \\|)? (`[^`]*`(?:, `[^`]*`)*) \\| `([^`]*)` \\|$")

// TestTheExamplesOfTheDocumentation reads them as a user does.
func TestTheExamplesOfTheDocumentation(t *testing.T) {
	data, err := os.ReadFile("../../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n## Recurrence in words\n")
	section, _, _ = strings.Cut(section, "\n## ")
	english, german, _ := strings.Cut(section, "\nWith `locale` `de`")
	checkDocumented(t, english, words.English(), 30)
	checkDocumented(t, german, germanWords(t), 10)
}

func checkDocumented(t *testing.T, section string, locale *words.Locale, least int) {
	t.Helper()
	rows := documented.FindAllStringSubmatch(section, -1)
	if len(rows) < least {
		t.Fatalf("the documentation has only %d examples", len(rows))
	}
	thursday := time.Date(2026, time.November, 26, 10, 0, 0, 0, time.UTC)
	for _, row := range rows {
		for text := range strings.SplitSeq(strings.Trim(row[1], "`"), "`, `") {
			phrase, err := ParseText(text, thursday, locale)
			if got := strings.ReplaceAll(phrase.Set.String(), "\n", " "); err != nil || got != row[2] {
				t.Errorf("%s\ngot  %s, %v\nwant %s", text, got, err, row[2])
			}
		}
	}
}
