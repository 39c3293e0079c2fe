package dates

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// signs are what generated texts are made of, with the words of a language.
var signs = strings.Fields(`1 2 3 8 9 12 15 30 45 2026 3rd 15. 12/1 1/12/2026 2026-12-01 1.12. 1.12.26 24.-26.12. 9am 17:30 9.30 1h30m 1,5 sat mon-wed
	Europe/Berlin UTC+2 T09:00:00Z , - . : ! ( ) é 日本 😀 x`)

func generate(random *rand.Rand, vocabulary []string) string {
	var b strings.Builder
	for range random.IntN(9) + 1 {
		pieces := vocabulary
		if random.IntN(3) == 0 {
			pieces = signs
		}
		b.WriteString(pieces[random.IntN(len(pieces))])
		if random.IntN(6) > 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// checkResults proves what holds for every text.
func checkResults(t *testing.T, text string, options Options) {
	t.Helper()
	results := Find(text, options)
	last := 0
	for _, r := range results {
		if r.Start < last || r.Start >= r.End || r.End > len(text) || r.Text != text[r.Start:r.End] {
			t.Fatalf("%q: %q stands at %d to %d after %d", text, r.Text, r.Start, r.End, last)
		}
		last = r.End
		if utf8.ValidString(text) && !utf8.ValidString(r.Text) {
			t.Fatalf("%q: %q cuts a character", text, r.Text)
		}
		checkMoments(t, text, r)
		begin := r.Start
		for _, part := range r.Parts {
			if part.Start < begin || part.Start >= part.End || part.End > r.End {
				t.Fatalf("%q: the part %v lies outside %d to %d", text, part, begin, r.End)
			}
			begin = part.End
		}
	}
	if again := Find(text, options); !reflect.DeepEqual(results, again) {
		t.Fatalf("%q is read as %s and as %s", text, show(results), show(again))
	}
}

func checkMoments(t *testing.T, text string, r Result) {
	t.Helper()
	if r.From == nil && r.DurationSeconds <= 0 || r.From == nil && r.To != nil || r.DurationSeconds < 0 {
		t.Fatalf("%q: %s says nothing", text, show([]Result{r}))
	}
	for _, m := range []*Moment{r.From, r.To} {
		if m == nil {
			continue
		}
		if err := m.Check(); err != nil || m.HasTime() != (m.Instant != "") {
			t.Fatalf("%q: %v, %v", text, m, err)
		}
	}
	if r.To == nil {
		return
	}
	from, err1 := r.From.Due.Instant(time.UTC)
	to, err2 := r.To.Due.Instant(time.UTC)
	if r.From.HasTime() && r.From.Zone == r.To.Zone {
		from, to = wallOf(r.From.Due), wallOf(r.To.Due) // a range lasts as long as the clock says
	}
	if err1 != nil || err2 != nil || to.Before(from) || r.From.HasTime() != r.To.HasTime() {
		t.Fatalf("%q: %v to %v", text, r.From, r.To)
	}
}

func TestGeneratedTextsKeepTheRules(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	options := []Options{
		thursday(t), at(t, "2028-02-29 23:59", "America/New_York"), at(t, "2011-12-29 12:00", "Pacific/Apia"),
		at(t, "9999-12-31 12:00", "Asia/Kolkata"), at(t, "0001-01-02 12:00", "UTC"),
	}
	options[1].Lean = LeanPast
	for _, locale := range words.All() {
		vocabulary := locale.Vocabulary()
		for i := range 10_000 {
			o := options[i%len(options)]
			o.Locale = locale
			checkResults(t, generate(random, vocabulary), o)
		}
	}
}

// TestClockChanges looks at the nights in which the clock of six zones moves.
func TestClockChanges(t *testing.T) {
	for _, test := range []struct{ now, zone, text, want string }{
		{"2026-03-28 12:00", "Europe/Berlin", "tomorrow 2:30am", "2026-03-29T03:30:00+02:00"},
		{"2026-10-24 12:00", "Europe/Berlin", "tomorrow 2:30am", "2026-10-25T02:30:00+02:00"},
		{"2026-03-07 12:00", "America/New_York", "tomorrow 2:30am", "2026-03-08T03:30:00-04:00"},
		{"2026-10-31 12:00", "America/New_York", "tomorrow 1:30am", "2026-11-01T01:30:00-04:00"},
		{"2026-03-28 12:00", "Europe/London", "tomorrow 1:30am", "2026-03-29T02:30:00+01:00"},
		{"2026-10-03 12:00", "Australia/Lord_Howe", "tomorrow 2:15am", "2026-10-04T02:45:00+11:00"},
		{"2026-10-03 12:00", "Australia/Sydney", "tomorrow 9am", "2026-10-04T09:00:00+11:00"},
		{"2026-09-05 12:00", "America/Santiago", "tomorrow midnight", "2026-09-06T01:00:00-03:00"},
		{"2026-03-29 01:50", "Europe/Berlin", "in 20 minutes", "2026-03-29T03:10:00+02:00"},
		{"2026-03-28 12:00", "Europe/Berlin", "in 24 hours", "2026-03-29T13:00:00+02:00"},
		{"2026-03-28 12:00", "Europe/Berlin", "in 1 day and 1 hour", "2026-03-29T13:00:00+02:00"},
		{"2011-12-29 12:00", "Pacific/Apia", "tomorrow 9am", "2011-12-31T09:00:00+14:00"},
		{"2011-12-29 12:00", "Pacific/Apia", "30 dec 2011 9am", "2011-12-31T09:00:00+14:00"},
	} {
		results := Find(test.text, at(t, test.now, test.zone))
		if len(results) != 1 || results[0].From.Instant != test.want {
			t.Errorf("%s at %s in %s: got %s, want %s", test.text, test.now, test.zone, show(results), test.want)
		}
	}
}

// TestWallTimesStay looks at the same nights: a time that is skipped or comes twice is the
// one that was said, and a range that begins with it takes what the clock on the wall says.
func TestWallTimesStay(t *testing.T) {
	for _, test := range []struct {
		now, zone, text, want string
		seconds               int64
	}{
		{"2026-03-28 12:00", "Europe/Berlin", "tomorrow 2:30am", "2026-03-29T02:30", 0},
		{"2026-03-28 12:00", "Europe/Berlin", "2:30am", "2026-03-29T02:30", 0},
		{"2026-03-28 12:00", "Europe/Berlin", "tomorrow 2:30am-3am", "2026-03-29T02:30", 1800},
		{"2026-03-28 12:00", "Europe/Berlin", "tomorrow from 2:30am to 3:15am", "2026-03-29T02:30", 2700},
		{"2026-03-28 12:00", "Europe/Berlin", "tomorrow 1:30am-3:30am", "2026-03-29T01:30", 3600},
		{"2026-10-24 12:00", "Europe/Berlin", "tomorrow 2:30am", "2026-10-25T02:30", 0},
		{"2026-10-24 12:00", "Europe/Berlin", "tomorrow 1:30am-3:30am", "2026-10-25T01:30", 10800},
		{"2026-03-07 12:00", "America/New_York", "tomorrow 2:30am", "2026-03-08T02:30", 0},
		{"2026-10-31 12:00", "America/New_York", "tomorrow 1:30am", "2026-11-01T01:30", 0},
		{"2026-10-03 12:00", "Australia/Lord_Howe", "tomorrow 2:15am", "2026-10-04T02:15", 0},
		{"2026-10-03 12:00", "Australia/Lord_Howe", "tomorrow 2:15am-2:30am", "2026-10-04T02:15", 900},
		{"2026-09-05 12:00", "America/Santiago", "tomorrow midnight", "2026-09-06T00:00", 0},
		{"2026-03-21 12:00", "Africa/Casablanca", "tomorrow 2:30am", "2026-03-22T02:30", 0},
		{"2026-03-28 12:00", "Asia/Kolkata", "tomorrow 2:30am", "2026-03-29T02:30", 0},
	} {
		results := Find(test.text, at(t, test.now, test.zone))
		if len(results) != 1 || results[0].From.Date+"T"+results[0].From.Time != test.want || results[0].DurationSeconds != test.seconds {
			t.Errorf("%s at %s in %s: got %s, want %s and %d s", test.text, test.now, test.zone, show(results), test.want, test.seconds)
		}
	}
}

func TestDaysThatAreMissing(t *testing.T) {
	for _, test := range []struct{ now, zone, text, want string }{
		{"2011-12-29 12:00", "Pacific/Apia", "tomorrow", "2011-12-31"},
		{"2011-12-31 12:00", "Pacific/Apia", "yesterday", "2011-12-29"},
		{"2028-02-28 12:00", "UTC", "tomorrow", "2028-02-29"},
		{"2028-02-29 12:00", "UTC", "in a year", "2029-02-28"},
		{"2027-02-28 12:00", "UTC", "29 february", "2028-02-29"},
		{"2096-03-01 12:00", "UTC", "29 february", "2104-02-29"},
		{"2026-01-31 12:00", "UTC", "in 1 month", "2026-02-28"},
		{"2026-12-31 23:59", "Asia/Tokyo", "tomorrow", "2027-01-01"},
		{"2026-01-31 12:00", "UTC", "the 30th", "2026-03-30"},
	} {
		results := Find(test.text, at(t, test.now, test.zone))
		if len(results) != 1 || results[0].From.Date != test.want {
			t.Errorf("%s at %s in %s: got %s, want %s", test.text, test.now, test.zone, show(results), test.want)
		}
	}
}

// TestTheEndOfTime has no year 0 and no year 10000.
func TestTheEndOfTime(t *testing.T) {
	end := at(t, "9999-12-31 12:00", "UTC")
	for _, text := range []string{"tomorrow", "in 99999 years", "in 99999 weeks", "next year", "11am", "99999 days from now"} {
		if got := show(Find(text, end)); got != "" {
			t.Errorf("%q is read as %s", text, got)
		}
	}
	for _, text := range []string{"yesterday", "99999 years ago", "last year"} {
		if got := show(Find(text, at(t, "0001-01-01 12:00", "UTC"))); got != "" {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, text := range []string{
		"call mum next friday 9am CET for 45 min", "from 3 to 5pm tomorrow", "mon-wed, 3-5 march", "a week from a week from friday",
		"2026-12-01T09:00:00.123456789Z", "last day of the first monday of june", "in 1h30m and half an hour", "\xff9am\x00",
		"Freitagabend in einer Woche um fünf vor halb 9", "vom 24.-26.12.26, vor 3 Tagen", "am 1.12 um 9.30 Uhr 30", "1,5 Std. lang",
	} {
		f.Add(text)
	}
	locales := words.All()
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		for _, locale := range locales {
			options := thursday(t)
			options.Locale = locale
			checkResults(t, text, options)
		}
		if took := time.Since(begin); took > limit {
			t.Fatalf("%d bytes took %v", len(text), took)
		}
	})
}

// limit bounds one text. It tells a parser that goes back again and again from
// slow machines; benchmarks tell the rest.
const limit = 10 * time.Second

func TestLongTextsAreBounded(t *testing.T) {
	pieces := []string{
		"sat ", "mon-", "3 to ", "next ", "from ", "for 1 ", "1h", "in a week from ", "at ", "on the ", "first ", "1 day and ", "9am ", "9am, ",
		"friday ", "friday, ", "friday of ", "next week ", "sat sun ", "tue/", "9am and ", "friday 8 ", "7 tonight ", "eod ", "the end of the day ", "every friday ", "15th ", "12/", "the ", "é", "\xff", "Europe/", "tomorrow to ", "at 9 sat ", "9:",
		"freitagabend ", "vom 1. ", "1.", "1.-", "um 9 sa ", "vor 1 tag ", "freitag in 1 woche ", "halb ", "5 vor halb ", "9 uhr ", "9 uhr 30 ", "1 tag ",
	}
	options := thursday(t)
	for _, locale := range words.All() {
		options.Locale = locale
		for _, piece := range pieces {
			text := strings.Repeat(piece, MaxText/len(piece))
			begin := time.Now()
			checkResults(t, text, options)
			if took := time.Since(begin); took > limit {
				t.Errorf("%s: %d bytes of %q took %v", locale.Tag, len(text), piece, took)
			}
		}
	}
	if got := Find(strings.Repeat("tomorrow ", MaxText), options); got != nil {
		t.Errorf("a text longer than MaxText has %d phrases", len(got))
	}
}

func BenchmarkFind(b *testing.B) {
	options := thursday(b)
	for _, text := range []string{
		"tomorrow", "next friday 9am", "Call mum about the trip to the sea and the new car", "from 3 to 5pm tomorrow for the whole family",
	} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				Find(text, options)
			}
		})
	}
}
