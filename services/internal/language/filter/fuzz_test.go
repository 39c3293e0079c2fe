package filter

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

// fuzzLimit bounds one input. It tells a parser that goes back again and again from a
// slow machine; benchmarks tell the rest.
const fuzzLimit = 2 * time.Second

// ourSQL is all that a condition on no particular columns is made of: no quotes but
// those of constants, no digits but those of parameters and of six hours.
var ourSQL = regexp.MustCompile(`^(?:\$[0-9]+::(?:date|text|smallint|timestamptz|uuid\[\])|interval '6 hours'|[<(,]> ''|<> ''|"und-x-icu"|\) > 0|, 1\)|[a-zA-Z_.:(),+<>=\[\] -])*$`)

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"(today | overdue) & !@waiting", "next 7 days, no date, 30 days", "before: next monday & created < 7 days ago", "p1 | no priority & !(p2|p3)",
		"@ta* & no tags | #Project & ##Project & /Section", "recurring & subtask, reminders", `search: milk\, "eggs' -- ; & @a\*\\`, "due: 2026-12-01 17:00",
		"from 3 to 5pm", "this week | last month", "((((p1))))", "!!!p1", `@\`, "due before < x", "friday 14:00 Asia/Tokyo", "mar 3\\, 2027", "p1 p2", "@é & ｐ１", "completed: yesterday", "deadline < friday | no deadline & start: today",
	} {
		f.Add(text)
	}
	f.Add(strings.Repeat("(", 200))
	f.Add(strings.Repeat("!", 200))
	f.Add(strings.Repeat("p1 &", 1100))
	options := thursday(f)
	tasks := []Task{{}, someTask(rand.New(rand.NewPCG(7, 8)), options.Now)}
	f.Fuzz(func(t *testing.T, text string) {
		begin := time.Now()
		check := func() {
			filter, err := Parse(text, options)
			if err != nil {
				checkFault(t, text, err)
				return
			}
			printed := filter.String()
			back, err := Parse(printed, options)
			if err != nil || !reflect.DeepEqual(back, filter) {
				t.Fatalf("%q is printed %q and comes back as %q (%v)", text, printed, back, err)
			}
			query, err := filter.Bind(options)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if sql, _ := query.SQL(Schema{}, 1); !ourSQL.MatchString(sql) {
				t.Fatalf("%q makes the SQL %s", text, sql)
			}
			for i := range tasks {
				query.Match(&tasks[i])
			}
		}
		check()
		if took := time.Since(begin); took > fuzzLimit {
			t.Fatalf("%.100q took %v", text, took)
		}
	})
}

func checkFault(t *testing.T, text string, err error) {
	t.Helper()
	var fault *Error
	if !errors.As(err, &fault) || fault.Position < 0 || fault.Position > len(text) || fault.Message == "" || fault.Expected == "" {
		t.Fatalf("%.100q: %v", text, err)
	}
}

// TestLongTextsAreBounded reads the longest texts of kinds that could make a parser go
// back again and again.
func TestLongTextsAreBounded(t *testing.T) {
	for _, piece := range []string{
		"(", "!", "((!", "p1|", "p1&", "p1,", "p1 ", "@a", "@*", `\`, `\\`, `@\*`, "due:", "due: today", "due: today|", "today ", "next ", "no date ",
		"search: a", " ", "é", "7", "1 day ", "2026-12-01 ", "from 3 to 5pm ", "in 2 weeks and ", "&", "#/",
	} {
		long := strings.Repeat(piece, MaxText/len(piece))
		for _, text := range []string{long, "@" + long[1:], "search: " + long[8:], "due: " + long[5:]} {
			begin := time.Now()
			if filter, err := Parse(text, thursday(t)); err != nil {
				checkFault(t, text, err)
			} else if query, err := filter.Bind(thursday(t)); err != nil {
				t.Error(err)
			} else {
				query.Match(&Task{Title: strings.Repeat("ab", 250), Tags: []string{strings.Repeat("ab", 25)}})
			}
			if took := time.Since(begin); took > fuzzLimit {
				t.Errorf("%d bytes of %q took %v", len(text), piece, took)
			}
		}
	}
}
