package recurrence_test

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// TestDateWordsMeanTheSameAsInDates proves on each day of a week that the end of
// a recurrence is the day that package dates finds in the same words.
func TestDateWordsMeanTheSameAsInDates(t *testing.T) {
	texts := map[string][]string{
		"en": {
			"friday", "next friday", "this friday", "next monday", "this monday", "next sunday", "tomorrow", "the day after tomorrow",
			"end of month", "the end of next month", "end of the week", "end of next year", "start of next quarter",
			"31 dec", "dec 31st", "dec 31 2027", "24 november", "2026-12-01", "12/31", "12/31/2027", "31.12.2027", "in 3 weeks",
			"2027/8/10", "2027-8-10", "2027.08.10", "07-27-2027", "27-07-2027", "07.27.2027", "09-JAN-2027", "9/jan/2027", "9-jan",
			"in 2 months", "in a quarter", "29 feb", "eom", "eow", "coming friday",
		},
		"de": {
			"Freitag", "nächsten Freitag", "diesen Freitag", "kommenden Freitag", "nächsten Montag", "diesen Montag", "nächsten Sonntag",
			"morgen", "übermorgen", "Ende des Monats", "Monatsende", "Jahresende", "Ende der Woche", "Ende nächsten Monats",
			"31. Dezember", "31. Dezember 2027", "24. November", "31.12.", "31.12.2027", "2026-12-01", "2027/8/10", "27-07-2027", "9-Jan-2027", "in 3 Wochen", "in zwei Monaten", "29. Februar",
		},
	}
	for tag, texts := range texts {
		locale, err := words.Find(tag)
		if err != nil {
			t.Fatal(err)
		}
		for day := 22; day < 29; day++ {
			now := time.Date(2026, time.November, day, 10, 0, 0, 0, time.UTC)
			for _, text := range texts {
				found := dates.Find(text, dates.Options{Now: now, Locale: locale})
				if len(found) != 1 || found[0].Text != text {
					t.Fatalf("%s: dates finds %v in %q", tag, found, text)
				}
				day := found[0].From.Date
				if phrase, err := recurrence.ParseText(untilIn[tag]+text, now, locale); err != nil || phrase.Set.Rules[0].Until.Date != day {
					t.Errorf("%s on %s: %q is %v, %v; dates finds %s", tag, now.Weekday(), text, phrase.Set, err, day)
				}
			}
		}
	}
}

// untilIn is what stands before a date, by language.
var untilIn = map[string]string{"en": "every day until ", "de": "jeden Tag bis "}
