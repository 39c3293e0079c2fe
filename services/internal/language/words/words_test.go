package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSplitKeepsOffsets(t *testing.T) {
	const text = "Büro  putzen: 2nd O'Clock, 9am"
	var pieces []string
	for _, token := range Split(text) {
		if strings.ToLower(text[token.From:token.To]) != token.Text {
			t.Errorf("%q stands at %d to %d", token.Text, token.From, token.To)
		}
		mark := ""
		if token.Glued {
			mark = "_"
		}
		pieces = append(pieces, mark+token.Text)
	}
	const want = "büro putzen _: 2 _nd o'clock _, 9 _am"
	if got := strings.Join(pieces, " "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMatchTakesTheLongestPhraseOfAKind(t *testing.T) {
	tests := []struct {
		text   string
		kind   Kind
		value  int
		length int
	}{
		{"monday morning", Weekday, 0, 1},
		{"second week", Unit, Second, 1},
		{"second week", Ordinal, 2, 1},
		{"the day after tomorrow", Today, 2, 4},
		{"starting on monday", From, 0, 2},
		{"day", Weekday, 0, 0},
		{"", Every, 0, 0},
	}
	for _, test := range tests {
		value, length := English().Match(Split(test.text), test.kind)
		if value != test.value || length != test.length {
			t.Errorf("%q as %s: got %d of %d tokens, want %d of %d", test.text, test.kind, value, length, test.value, test.length)
		}
	}
}

// TestReadingsAreWhatMatchFinds also pins that the longest comes first.
func TestReadingsAreWhatMatchFinds(t *testing.T) {
	for _, text := range []string{"second week", "the day after tomorrow", "may i", "quarter to 8", "till", "unknown", ""} {
		tokens := Split(text)
		last := len(tokens)
		for _, reading := range English().Readings(tokens) {
			if reading.Length > last {
				t.Errorf("%q: %v comes after a shorter one", text, reading)
			}
			last = reading.Length
			if _, length := English().Match(tokens, reading.Kind); length < reading.Length {
				t.Errorf("%q as %s: Match finds %d of %d tokens", text, reading.Kind, length, reading.Length)
			}
		}
	}
}

// TestTheRegionOrdersDates keeps the words of the language.
func TestTheRegionOrdersDates(t *testing.T) {
	for tag, want := range map[string]bool{"en": true, "en-US": true, "en-GB": false, "en-IN": false} {
		locale, err := Find(tag)
		if err != nil || locale.MonthFirst != want {
			t.Errorf("%s: %v, %v", tag, locale.MonthFirst, err)
		}
		if locale != nil && !locale.Opens(Split("tomorrow")[0]) {
			t.Errorf("%s has no words", tag)
		}
	}
}

func TestFindKnowsLanguagesByTag(t *testing.T) {
	for tag, want := range map[string]string{"en-GB": "en", "de": "de", "de-DE": "de", "de-AT": "de", "de-CH": "de", "DE": "de"} {
		if locale, err := Find(tag); err != nil || locale.Tag != want {
			t.Errorf("%s: got %v, %v", tag, locale, err)
		}
	}
	if _, err := Find("tlh"); err == nil {
		t.Error("an unknown language is found")
	}
}

// every calls a test with each table.
func every(t *testing.T, test func(t *testing.T, locale *Locale)) {
	t.Helper()
	all := All()
	if len(all) < 2 {
		t.Fatalf("%d tables", len(all))
	}
	for _, locale := range all {
		t.Run(locale.Tag, func(t *testing.T) { test(t, locale) })
	}
}

// meanings are what a language must have a word for: kinds with the values that
// the grammars need. Of the kinds in a group one is enough, since languages
// differ in what stands before and what behind.
var meanings = []struct {
	kinds    []Kind
	from, to int
}{
	{[]Kind{Number}, 1, 12}, {[]Kind{Some}, 1, 1}, {[]Kind{Ordinal}, 1, 12}, {[]Kind{Unit}, Second, Quarter}, {[]Kind{ShortUnit}, Second, Hour},
	{[]Kind{Weekday}, 0, 6}, {[]Kind{Month}, 1, 12}, {[]Kind{Today}, -1, 2},
	{[]Kind{Adverb}, 301, 301}, {[]Kind{Adverb}, 401, 401}, {[]Kind{Adverb}, 501, 501}, {[]Kind{Adverb}, 601, 601}, {[]Kind{Adverb}, 603, 603}, {[]Kind{Adverb}, 701, 701},
	{[]Kind{Clock}, 0, 0}, {[]Kind{Meridiem, Oclock}, 0, 0}, {[]Kind{Fraction}, 50, 50}, {[]Kind{NearHour}, 15, 15}, {[]Kind{NearHour}, -15, -15},
	{[]Kind{Ago, AgoBefore}, 0, 0}, {[]Kind{FromNow, In}, 0, 0}, {[]Kind{For, Lasting}, 0, 0},
}

// anyValue are the kinds of which one word is enough.
var anyValue = []Kind{
	Every, EachWeekday, Last, Workday, Weekend, DayPart, InDayPart, Tonight, Next, This, Coming, Previous, Begin, End, EndOfUnit, Of, On, In, At, And, To, From, Until,
	Times, Only, Also, Except, By, Between, Before, After, PastHour, ToHour, CountingOnly, WeeksFrom, IfExists, OnlyIfExists, OrNext,
}

// optional are the kinds that not every language needs.
var optional = []Kind{Other, The, Oclock, Meridiem, NextButOne, AfterNext, AndAHalf, Minutes, Weak, Idiom, Occasion, Numbered}

// TestALanguageHasAWordForEachMeaning keeps a table from being half done, and
// from kinds that no grammar knows.
func TestALanguageHasAWordForEachMeaning(t *testing.T) {
	every(t, func(t *testing.T, locale *Locale) {
		has := map[Meaning]bool{}
		kinds := map[Kind]bool{}
		for _, phrase := range locale.Vocabulary() {
			for _, reading := range locale.Readings(Split(phrase)) {
				has[reading.Meaning], kinds[reading.Kind] = true, true
			}
		}
		known := slices.Concat(anyValue, optional)
		for _, wanted := range meanings {
			known = append(known, wanted.kinds...)
			for value := wanted.from; value <= wanted.to; value++ {
				if !slices.ContainsFunc(wanted.kinds, func(kind Kind) bool { return has[Meaning{kind, value}] }) {
					t.Errorf("no word is %q with the value %d", wanted.kinds, value)
				}
			}
		}
		for _, kind := range anyValue {
			if !kinds[kind] {
				t.Errorf("no word is %q", kind)
			}
		}
		for kind := range kinds {
			if !slices.Contains(known, kind) {
				t.Errorf("no grammar knows the kind %q", kind)
			}
		}
	})
}

// placeholder is what a template of a table leaves open.
var placeholder = regexp.MustCompile(`{[^}]*}`)

// TestALanguagePrintsEachPhrase compares the templates with those of English: the
// names, and what each leaves open.
func TestALanguagePrintsEachPhrase(t *testing.T) {
	open := func(template string) string {
		names := placeholder.FindAllString(template, -1)
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	every(t, func(t *testing.T, locale *Locale) {
		for name, template := range English().Print.Phrases {
			got, ok := locale.Print.Phrases[name]
			if !ok || got == "" || open(got) != open(template) {
				t.Errorf("the phrase %q is %q, in English %q", name, got, template)
			}
		}
		for name := range locale.Print.Phrases {
			if _, ok := English().Print.Phrases[name]; !ok {
				t.Errorf("nothing prints the phrase %q", name)
			}
		}
		if got := locale.Print.Ordinal(2); !strings.Contains(got, "2") {
			t.Errorf("2nd is written %q", got)
		}
	})
}

// TestOtherSpellingsMeanTheSame reads German without its letters, and words that
// are two.
func TestOtherSpellingsMeanTheSame(t *testing.T) {
	german, err := Find("de-CH")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text   string
		kind   Kind
		value  int
		length int
	}{
		{"übermorgen", Today, 2, 1}, {"uebermorgen", Today, 2, 1}, {"U\u0308bermorgen", Today, 2, 1},
		{"dreißig", Number, 30, 1}, {"dreissig", Number, 30, 1}, {"DREISSIG", Number, 30, 1},
		{"Freitagabend", Weekday, 4, 1}, {"Freitagabende", Weekday, 0, 0},
	} {
		value, length := german.Match(german.Split(test.text), test.kind)
		if value != test.value || length != test.length {
			t.Errorf("%q as %s: got %d of %d tokens", test.text, test.kind, value, length)
		}
	}
	if tokens := german.Split("am Freitagabend"); len(tokens) != 3 || tokens[1].To != 10 || tokens[2].From != 10 || !tokens[2].Glued || tokens[2].Text != "abend" {
		t.Errorf("got %+v", tokens)
	}
}

// TestTablesAreComplete proves that a language can print and read every unit,
// weekday and month.
func TestTablesAreComplete(t *testing.T) {
	every(t, func(t *testing.T, locale *Locale) {
		if len(locale.Print.Weekdays) != 7 || len(locale.Print.Months) != 12 {
			t.Fatalf("%d weekdays and %d months", len(locale.Print.Weekdays), len(locale.Print.Months))
		}
		for i, name := range locale.Print.Weekdays {
			if value, length := locale.Match(Split(name), Weekday); value != i || length != 1 {
				t.Errorf("%s is not read as weekday %d", name, i)
			}
		}
		for i, name := range locale.Print.Months {
			if value, length := locale.Match(Split(name), Month); value != i+1 || length != 1 {
				t.Errorf("%s is not read as month %d", name, i+1)
			}
		}
		for _, unit := range []string{"second", "minute", "hour", "day", "week", "month", "year", "workday", "weekday"} {
			for _, template := range locale.Print.Every[unit] {
				if template == "" {
					t.Errorf("a template for every %s is missing", unit)
				}
			}
		}
	})
}

func TestOrdinals(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th", 366: "366th"} {
		if got := English().Print.Ordinal(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}
