package speech

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// signature says which messages a language has, and what each of them takes.
func (v vocabulary) signature() map[string][]string {
	all := map[string][]string{}
	for name, text := range v.Messages {
		all[name] = slices.Sorted(slices.Values(parameter.FindAllString(text, -1)))
	}
	return all
}

func TestEveryLanguageSaysTheSame(t *testing.T) {
	if got := slices.Sorted(maps.Keys(vocabularies())); !slices.Equal(got, []string{"de", "en", "fr"}) { // those of the page
		t.Errorf("languages %q", got)
	}
	english := vocabularies()[fallback].signature()
	for tag, words := range vocabularies() {
		if diff := cmp.Diff(english, words.signature()); diff != "" {
			t.Errorf("%s has other messages or parameters (-en +%s):\n%s", tag, tag, diff)
		}
		for name, text := range words.Messages {
			if strings.TrimSpace(text) == "" || text != strings.TrimSpace(text) {
				t.Errorf("%s: %s is %q", tag, name, text)
			}
			for form, other := range map[string]string{".one": ".other", ".other": ".one"} {
				if base, ok := strings.CutSuffix(name, form); ok && words.Messages[base+other] == "" {
					t.Errorf("%s: %s has no %s", tag, name, other)
				}
			}
		}
		if len(words.Weekdays) != 7 || len(words.Months) != 12 || words.Dir != "ltr" && words.Dir != "rtl" {
			t.Errorf("%s: %d weekdays, %d months, direction %q", tag, len(words.Weekdays), len(words.Months), words.Dir)
		}
	}
}

// As Intl.DateTimeFormat writes {dateStyle: "full", timeStyle: "short"}, as of ICU 74 to 78.
func TestDatesAndTimesAsTheReaderWritesThem(t *testing.T) {
	morning, evening := time.Date(2026, 12, 1, 9, 5, 0, 0, time.UTC), time.Date(2026, 3, 4, 17, 30, 0, 0, time.UTC)
	for locale, want := range map[string][2]string{
		"en":               {"Tuesday, December 1, 2026 at 9:05 AM", "Wednesday, March 4, 2026 at 5:30 PM"},
		"en-US-u-hc-h23":   {"Tuesday, December 1, 2026 at 09:05", "Wednesday, March 4, 2026 at 17:30"},
		"en-GB":            {"Tuesday, 1 December 2026 at 09:05", "Wednesday, 4 March 2026 at 17:30"},
		"en-GB-u-hc-h12":   {"Tuesday, 1 December 2026 at 9:05 am", "Wednesday, 4 March 2026 at 5:30 pm"},
		"en-AU":            {"Tuesday, 1 December 2026 at 9:05 am", "Wednesday, 4 March 2026 at 5:30 pm"},
		"en-CA":            {"Tuesday, December 1, 2026 at 9:05 a.m.", "Wednesday, March 4, 2026 at 5:30 p.m."},
		"en-IE":            {"Tuesday 1 December 2026 at 09:05", "Wednesday 4 March 2026 at 17:30"},
		"en-IN":            {"Tuesday, 1 December 2026 at 9:05 am", "Wednesday, 4 March 2026 at 5:30 pm"},
		"de":               {"Dienstag, 1. Dezember 2026 um 09:05", "Mittwoch, 4. März 2026 um 17:30"},
		"de-AT":            {"Dienstag, 1. Dezember 2026 um 09:05", "Mittwoch, 4. März 2026 um 17:30"},
		"de-CH-u-hc-h12":   {"Dienstag, 1. Dezember 2026 um 9:05 AM", "Mittwoch, 4. März 2026 um 5:30 PM"},
		"fr":               {"mardi 1 décembre 2026 à 09:05", "mercredi 4 mars 2026 à 17:30"},
		"fr-CA":            {"mardi 1 décembre 2026 à 09 h 05", "mercredi 4 mars 2026 à 17 h 30"},
		"fr-CA-u-hc-h12":   {"mardi 1 décembre 2026 à 9 h 05 a.m.", "mercredi 4 mars 2026 à 5 h 30 p.m."},
		"fr-CH":            {"mardi, 1 décembre 2026 à 09:05", "mercredi, 4 mars 2026 à 17:30"},
		"pt-BR":            {"Tuesday, 1 December 2026 at 09:05", "Wednesday, 4 March 2026 at 17:30"},
		"ja-JP-u-hc-h12":   {"Tuesday, 1 December 2026 at 9:05 am", "Wednesday, 4 March 2026 at 5:30 pm"},
		"":                 {"Tuesday, December 1, 2026 at 9:05 AM", "Wednesday, March 4, 2026 at 5:30 PM"},
		"no locale at all": {"Tuesday, December 1, 2026 at 9:05 AM", "Wednesday, March 4, 2026 at 5:30 PM"},
	} {
		to := To(locale)
		if got := [2]string{to.Moment(morning), to.Moment(evening)}; got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
	for at, want := range map[int]string{0: "12:05 AM", 12: "12:05 PM"} {
		if got := To("en-US").Moment(time.Date(2026, 12, 1, at, 5, 0, 0, time.UTC)); !strings.HasSuffix(got, " at "+want) {
			t.Errorf("%d o'clock is %q", at, got)
		}
	}
}

func TestNumbersHaveTheirForms(t *testing.T) {
	for locale, want := range map[string][3]string{
		"en-GB": {"0 tasks today", "1 task today", "2 tasks today"},
		"de":    {"0 Aufgaben heute", "1 Aufgabe heute", "2 Aufgaben heute"},
		"fr-CA": {"0 tâche aujourd’hui", "1 tâche aujourd’hui", "2 tâches aujourd’hui"},
	} {
		to := To(locale)
		for n, one := range want {
			if got := to.Count("summary.today", n); got != one {
				t.Errorf("%s: %q, want %q", locale, got, one)
			}
		}
	}
}

// What a value says is a text, whatever it looks like.
func TestValuesAreNotFilledInAgain(t *testing.T) {
	if got := To("en").Say("date.moment", "date", "{time}", "time", "{date}"); got != "{time} at {date}" {
		t.Errorf("got %q", got)
	}
}
