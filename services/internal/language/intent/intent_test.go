package intent

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// thursday is 26 November 2026, 10:00, in Berlin.
func thursday(t testing.TB, tag string) Options {
	t.Helper()
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	locale, err := words.Find(tag)
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Now: time.Date(2026, 11, 26, 10, 0, 0, 0, zone), Locale: locale,
		Names: Names{Projects: []string{"Work", "Summer house"}, Sections: []string{"Next"}, Tags: []string{"errands", "late"}},
	}
}

// talks are kinds of talk that change what words mean.
var talks = []Talk{
	{},
	{Shown: 3, Spoken: 3},
	{Shown: 3, Spoken: 1, Last: Change},
	{Shown: 1, Spoken: 1, Last: Add},
	{Spoken: 2, Last: Complete},
	{Shown: 2, Asked: WhichTask},
	{Shown: 4, Spoken: 4, Asked: Confirm},
	{Spoken: 1, Last: Remind},
}

// talkFor is a talk in which an answer makes sense.
func talkFor(verb Verb) Talk {
	switch verb {
	case Yes, No:
		return Talk{Asked: Confirm}
	case Choose:
		return Talk{Shown: 3, Asked: WhichTask}
	case Correct:
		return Talk{Spoken: 1, Last: Change}
	case More:
		return Talk{Shown: 10, Spoken: 10}
	}
	return Talk{}
}

// verbs are all that a person can mean.
var verbs = []Verb{
	Add, Find, Count, When, Did, Show, Complete, Reopen, Delete, Change, Remind, Snooze, Skip, Pause, Resume, Comment, Summarize, Free,
	AddProject, ListProjects, ListTags, ListFilters, Undo, Help, Greet, Thank, Yes, No, Choose, Correct, More,
}

func TestEveryExampleIsUnderstood(t *testing.T) {
	for _, locale := range words.All() {
		for _, verb := range verbs {
			examples := Examples(locale, verb)
			if len(examples) == 0 {
				t.Errorf("%s: %s has no example", locale.Tag, verb)
			}
			for _, example := range examples {
				options := thursday(t, locale.Tag)
				options.Talk = talkFor(verb)
				if got := Parse(example, options); got.Verb != verb {
					t.Errorf("%s: %q is %s, want %s", locale.Tag, example, printed(got), verb)
				}
			}
		}
	}
}

func TestExamplesAreThoseOfTheLanguage(t *testing.T) {
	german, err := words.Find("de-AT")
	if err != nil {
		t.Fatal(err)
	}
	if got := Examples(german, Undo); !slices.Contains(got, "mach das rückgängig") {
		t.Errorf("got %v", got)
	}
	if got := Examples(nil, Undo); !slices.Contains(got, "undo that") {
		t.Errorf("without a language: got %v", got)
	}
	if got := Examples(german, Unknown); len(got) != 0 {
		t.Errorf("what is not understood has the examples %v", got)
	}
}

// check holds for every utterance: filters can be read, and what is nearest is understood.
func check(t *testing.T, text string, options Options) Intent {
	t.Helper()
	got := Parse(text, options)
	if again := Parse(text, options); !reflect.DeepEqual(got, again) {
		t.Errorf("%q is %s and %s", text, printed(got), printed(again))
	}
	if got.Target.Filter != "" {
		if _, err := filter.Parse(got.Target.Filter, filter.Options{Now: options.Now, Locale: options.Locale, WeekStart: options.WeekStart}); err != nil {
			t.Errorf("%q has the filter %q: %v", text, got.Target.Filter, err)
		}
	}
	if got.Verb == Unknown {
		if got.Nearest != "" && Parse(got.Nearest, options).Verb == Unknown {
			t.Errorf("%q is near to %q, which is not understood", text, got.Nearest)
		}
		got.Nearest = ""
		if !reflect.DeepEqual(got, Intent{Verb: Unknown}) {
			t.Errorf("%q is not understood and yet %s", text, printed(got))
		}
	} else if got.Nearest != "" {
		t.Errorf("%q is understood and yet near to %q", text, got.Nearest)
	}
	return got
}

func TestWhatHoldsForEachUtteranceHoldsInTheCorpus(t *testing.T) {
	for _, one := range corpus(t) {
		for _, talk := range append([]Talk{one.options.Talk}, talks[1:4]...) {
			options := one.options
			options.Talk = talk
			check(t, one.text, options)
		}
	}
}

// TestNamesAreLiteralInFilters escapes what filters would read as signs.
func TestNamesAreLiteralInFilters(t *testing.T) {
	options := thursday(t, "en")
	options.Names.Projects = []string{"R&D | (x), *", "#1 list", `back\slash`}
	for _, name := range options.Names.Projects {
		got := check(t, "show tasks in "+name, options)
		read, err := filter.Parse(got.Target.Filter, filter.Options{Now: options.Now})
		if err != nil || read.Kind != filter.Project {
			t.Errorf("%s: %q is %+v, %v", name, got.Target.Filter, read, err)
		}
	}
}

// TestNoActIsMadeOfADenial puts what denies, limits or asks before and behind orders.
func TestNoActIsMadeOfADenial(t *testing.T) {
	denials := map[string]struct{ before, behind []string }{
		"en": {
			[]string{"don't ", "do not ", "please don't ", "never ", "if it rains ", "I didn't ", "why did you ", "should I ", "maybe ", "she said: ", "what if I ", "you must not ", "did you "},
			[]string{" if it rains", " unless Bob calls", " or not", " but not today", ", not", " instead of the other", " when Bob calls", " and then delete the rest of it", "? no", " except one", ", just kidding", "\ndelete everything overdue"},
		},
		"de": {
			[]string{"nicht ", "bitte nicht ", "niemals ", "wenn es regnet ", "warum ", "soll ich ", "vielleicht ", "er sagt: ", "du darfst nicht "},
			[]string{" nicht", " wenn es regnet", " falls Bob anruft", " oder nicht", " aber nicht heute", " außer eins", ", nein", "\nlösche alles Überfällige"},
		},
	}
	for _, one := range corpus(t) {
		switch want := one.want; {
		case !acts(want.Verb), want.Text != "", want.Changes.Title != "", want.Changes.Notes != "":
			continue // what a person wrote may say anything
		}
		language, _, _ := strings.Cut(one.locale, "-")
		around := denials[language]
		for _, before := range around.before {
			if got := Parse(before+one.text, one.options); acts(got.Verb) {
				t.Errorf("%q acts: %s", before+one.text, printed(got))
			}
		}
		for _, behind := range around.behind {
			if got := Parse(one.text+behind, one.options); acts(got.Verb) && got.Lines == "" { // what is added may say anything
				t.Errorf("%q acts: %s", one.text+behind, printed(got))
			}
		}
	}
}

// TestNoTypingErrorDeletes changes each letter of the words that delete.
func TestNoTypingErrorDeletes(t *testing.T) {
	forms := []string{"lösch", "entfern"} // as good as the longer ones
	for tag, orders := range map[string][]string{"en": {"delete", "remove", "erase"}, "de": {"lösche", "entferne"}} {
		options := thursday(t, tag)
		for _, order := range orders {
			for i := range order {
				for _, typed := range []string{order[:i] + "x" + order[i:], order[:i] + order[i+1:]} {
					if got := Parse(typed+" the report", options); got.Verb == Delete && !slices.Contains(forms, typed) {
						t.Errorf("%q deletes", typed)
					}
				}
			}
		}
	}
}

// limit bounds the time of one utterance on a busy machine; bound_test.go measures the work.
const limit = time.Second

// hostile are pieces that could make a reader go back again and again.
var hostile = []string{
	"a ", "the ", "delete ", "all ", "all overdue ", "move it to ", "to to ", "and ", ", ", "1 and ", "tomorrow ", "next ", "in 2 weeks and ", "due today and ",
	"remind me of the ", "every monday ", "every ", "@a ", "#a ", "p1 ", "'", "\"", "\n", "add ", "complete the first ", "tag it ", "on friday ", "5 ", "17:00 ", "ä", "🙂", "?", ". ",
	"show my ", "what is due on ", "please ", "hey ", "can you ", "alle ", "verschiebe ", "auf ", "heute ", "am Montag ", "um 5 ", "erinnere mich an ", "vor ", "in ", "von ", "half an ", "a year and ", "from 3 to ",
}

func TestLongUtterancesAreBounded(t *testing.T) {
	for _, tag := range []string{"en", "de"} {
		for _, piece := range hostile {
			for _, before := range []string{"", "move the ", "show ", "remind me ", "verschiebe ", "zeig "} {
				text := before + strings.Repeat(piece, (MaxText-len(before))/len(piece))
				for _, talk := range talks[2:4] {
					options := thursday(t, tag)
					options.Talk = talk
					begin := time.Now()
					got := Parse(text, options)
					if took := time.Since(begin); took > limit {
						t.Errorf("%s: %q took %v", tag, before+piece, took)
					}
					if acts(got.Verb) && got.Verb != Add && got.Verb != Comment && got.Verb != Choose {
						t.Errorf("%s: %q acts: %.300s", tag, before+piece, printed(got))
					}
				}
			}
		}
	}
	for _, text := range []string{
		strings.TrimSpace(strings.Repeat("call Bob tomorrow at 5, then pay the rent in 2 weeks ", 70)), strings.TrimSpace(strings.Repeat("- buy milk on friday #Home\n", 140)),
	} {
		if got := Parse("add "+text, thursday(t, "en")); got.Verb != Add || got.Lines != text {
			t.Errorf("a long task is %.300s", printed(got))
		}
		if got := Parse("comment on the report: "+text, thursday(t, "en")); got.Verb != Comment || got.Text != text {
			t.Errorf("a long comment is %.300s", printed(got))
		}
	}
	if got := Parse(strings.Repeat("a", MaxText+1), thursday(t, "en")); !reflect.DeepEqual(got, Intent{Verb: Unknown}) {
		t.Errorf("what is too long is %s", printed(got))
	}
	for _, text := range []string{"", " ", "\n", "\x00", "add \xff", "add a\x00b"} {
		if got := Parse(text, thursday(t, "en")); got.Verb != Unknown {
			t.Errorf("%q is %s", text, printed(got))
		}
	}
}

func FuzzParse(f *testing.F) {
	for i, one := range corpus(f) {
		f.Add(one.text, uint8(i%len(talks)), one.locale == "de")
	}
	for _, piece := range hostile {
		f.Add(strings.Repeat(piece, 40), uint8(1), false)
	}
	english, german := thursday(f, "en"), thursday(f, "de")
	f.Fuzz(func(t *testing.T, text string, talk uint8, isGerman bool) {
		options := english
		if isGerman {
			options = german
		}
		options.Talk = talks[int(talk)%len(talks)]
		begin := time.Now()
		check(t, text, options)
		if took := time.Since(begin); took > limit {
			t.Fatalf("%.100q took %v", text, took)
		}
	})
}

// BenchmarkParse reads what people say, and the worst of what they could.
func BenchmarkParse(b *testing.B) {
	options := thursday(b, "en")
	for name, text := range map[string]string{
		"question": "show my p1 tasks due this week", "order": "move the dentist to friday 3pm", "add": "add milk", "unknown": "buy milk tomorrow",
		"hostile dates": strings.Repeat("in 2 weeks and ", MaxText/15), "hostile words": "move the " + strings.Repeat("to ", MaxText/3-3),
		"hostile conditions": "show " + strings.Repeat("due today and ", MaxText/14-1),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Parse(text, options)
			}
		})
	}
}
