package words

import (
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
	if locale, err := Find("en-GB"); err != nil || locale.Tag != "en" {
		t.Errorf("got %v, %v", locale, err)
	}
	if _, err := Find("tlh"); err == nil {
		t.Error("an unknown language is found")
	}
}

// TestTablesAreComplete proves that a language can print and read every unit,
// weekday and month.
func TestTablesAreComplete(t *testing.T) {
	locales, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	for tag, locale := range locales {
		if len(locale.Print.Weekdays) != 7 || len(locale.Print.Months) != 12 {
			t.Fatalf("%s: %d weekdays and %d months", tag, len(locale.Print.Weekdays), len(locale.Print.Months))
		}
		for i, name := range locale.Print.Weekdays {
			if value, length := locale.Match(Split(name), Weekday); value != i || length != 1 {
				t.Errorf("%s: %s is not read as weekday %d", tag, name, i)
			}
		}
		for i, name := range locale.Print.Months {
			if value, length := locale.Match(Split(name), Month); value != i+1 || length != 1 {
				t.Errorf("%s: %s is not read as month %d", tag, name, i+1)
			}
		}
		for _, unit := range []string{"second", "minute", "hour", "day", "week", "month", "year", "workday", "weekday"} {
			for _, template := range locale.Print.Every[unit] {
				if template == "" {
					t.Errorf("%s: a template for every %s is missing", tag, unit)
				}
			}
		}
	}
}

func TestOrdinals(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th", 366: "366th"} {
		if got := English().Print.Ordinal(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}
