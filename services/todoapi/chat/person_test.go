package chat

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// Every language says the same phrases with the same values.
func TestPhrasesAreCompleteInEveryLanguage(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-zA-Z]+\}`)
	all := phrases()
	for tag, table := range all {
		for name, english := range all["en"] {
			phrase, ok := table[name]
			if !ok {
				t.Errorf("%s lacks %s", tag, name)
				continue
			}
			want, got := placeholder.FindAllString(english, -1), placeholder.FindAllString(phrase, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s has %q, want %q", tag, name, got, want)
			}
		}
		for name := range table {
			if _, ok := all["en"][name]; !ok {
				t.Errorf("%s has %s, which English lacks", tag, name)
			}
		}
	}
}

// What the code says is there, and nothing else is.
func TestPhrasesAreThoseOfTheCode(t *testing.T) {
	code := ""
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file.Name(), ".go") && !strings.HasSuffix(file.Name(), "_test.go") {
			text, err := os.ReadFile(file.Name())
			if err != nil {
				t.Fatal(err)
			}
			code += string(text)
		}
	}
	for name := range phrases()["en"] {
		base := name
		for _, form := range []string{".one", ".other", ".none"} {
			base = strings.TrimSuffix(base, form)
		}
		for _, group := range []string{"ask.", "summary.", "count."} { // named by what is asked
			if strings.HasPrefix(base, group) && strings.Contains(code, `"`+group+`"`) {
				base = group
			}
		}
		if !strings.Contains(code, `"`+base+`"`) && !strings.Contains(code, `"`+name+`"`) {
			t.Errorf("nothing says %s", name)
		}
	}
}

func TestDaysAndTitles(t *testing.T) {
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	german, err := words.Find("de")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 26, 23, 30, 0, 0, zone)
	english, deutsch := person{now: now, locale: words.English()}, person{now: now, locale: german}
	for _, c := range []struct{ got, want string }{
		{english.day("2026-11-26"), "today"},
		{english.day("2026-11-27"), "tomorrow"},
		{english.day("2026-12-01"), "Tuesday 1 December"},
		{english.day("2027-01-04"), "Monday 4 January 2027"},
		{deutsch.day("2026-11-25"), "gestern"},
		{deutsch.due(todo.Due{Date: "2026-12-01", Time: "09:00"}), "Dienstag, 1. Dezember um 09:00"},
		{english.due(todo.Due{Date: "2026-11-27", Time: "05:00", Zone: "Asia/Tokyo"}), "today at 21:00"},
		{english.onDay("2026-11-27"), "tomorrow"},
		{english.onDay("2026-12-01"), "on Tuesday 1 December"},
		{deutsch.onMoment(now.AddDate(0, 0, 4)), "am Montag, 30. November um 23:30"},
		{title(todo.Task{Title: "**bold** [link](x) <b>"}), `**\*\*bold\*\* \[link\](x) \<b\>**`},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLikeTitles(t *testing.T) {
	for _, c := range []struct {
		title, words string
		want         bool
	}{
		{"Call the dentist", "denstist", true},
		{"Call the dentist", "dentits", true},
		{"Milch kaufen", "milch gekauft", true},
		{"Report", "raport", true},
		{"Buy milk", "a new car", false},
		{"Call Bob", "tax return", false},
	} {
		if got := resembles(c.title, c.words); got != c.want {
			t.Errorf("%q like %q: %t", c.title, c.words, got)
		}
	}
}
