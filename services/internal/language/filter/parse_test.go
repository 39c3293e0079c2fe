package filter

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// thursday is the moment of the tests.
func thursday(t testing.TB) Options { return optionsAt(t, "2026-11-26T10:00:00", "Europe/Berlin") }

func TestCanonicalText(t *testing.T) {
	for name, tests := range map[string][][2]string{
		"dates": {
			{"today", "today"}, {"Today", "today"}, {"due: today", "today"}, {"date:today", "today"}, {"due  on : today", "today"}, {"due = today", "today"},
			{"next  monday", "next monday"}, {"2026-12-01", "2026-12-01"}, {"9:30", "9:30"}, {"friday 9am", "friday 9am"},
			{"before: next monday", "due before: next monday"}, {"due < next monday", "due before: next monday"}, {"date before: next monday", "due before: next monday"},
			{"after: 1 dec", "due after: 1 dec"}, {"due > 1 dec", "due after: 1 dec"}, {"due<=1 dec", "due <= 1 dec"}, {"due >= 1 dec", "due >= 1 dec"},
			{"created < 7 days ago", "created before: 7 days ago"}, {"added after: yesterday", "created after: yesterday"}, {"created: yesterday", "created: yesterday"},
			{"completed: today", "completed: today"}, {"completed", "completed"}, {`due: mar 3\, 2027`, `mar 3\, 2027`},
			{"overdue", "overdue"}, {"OVER DUE", "overdue"}, {"next 7 days", "next 7 days"}, {"7 days", "next 7 days"}, {"1 day", "next 1 days"},
			{"no date", "no date"}, {"no due date", "no date"}, {"due: in 7 days", "in 7 days"},
		},
		"priorities": {{"p1", "p1"}, {"P2", "p2"}, {"p4", "no priority"}, {"no priority", "no priority"}},
		"names": {
			{"@tag", "@tag"}, {"@ two words ", "@two words"}, {"@ta*", "@ta*"}, {`@\*`, `@\*`}, {`@a\&b`, `@a\&b`}, {`@a\\b`, `@a\\b`}, {`@\x`, "@x"},
			{"#Project", "#Project"}, {"##Project", "##Project"}, {`#\#Project`, `#\#Project`}, {"###x", "###x"}, {"/Section", "/Section"}, {"#a/b", "#a/b"},
			{"no tags", "no tags"}, {"No Labels", "no tags"}, {"@today!", "@today!"}, {"@p1", "@p1"},
		},
		"the rest": {
			{"all", "all"}, {"recurring", "recurring"}, {"subtasks", "subtask"}, {"reminder", "reminders"},
			{"search: milk", "search: milk"}, {"SEARCH:milk & p1", "search: milk & p1"}, {`search: a\, b`, `search: a\, b`}, {"search: 5 > 3: *!", "search: 5 > 3: *!"},
			{`search: \\`, `search: \\`},
		},
		"operators": {
			{"p1&p2", "p1 & p2"}, {"p1|p2&p3", "p1 | p2 & p3"}, {"(p1|p2)&p3", "(p1 | p2) & p3"}, {"(p1&p2)|p3", "p1 & p2 | p3"},
			{"p1&(p2&p3)", "p1 & p2 & p3"}, {"p1|(p2|p3)", "p1 | p2 | p3"}, {"((p1))", "p1"}, {"!p1", "!p1"}, {"!!p1", "p1"}, {"!!!p1", "!p1"}, {"!(!p1)", "p1"},
			{"!(p1|p2)", "!(p1 | p2)"}, {"! @a & ! @b", "!@a & !@b"}, {"!no date", "!no date"}, {"(today | overdue) & !@waiting", "(today | overdue) & !@waiting"},
			{"p1,p2", "p1, p2"}, {"p1 & @a, today | p2, #x", "p1 & @a, today | p2, #x"}, {"\tp1\n|\r\np2 ", "p1 | p2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, test := range tests {
				f, err := Parse(test[0], thursday(t))
				if err != nil || f.String() != test[1] {
					t.Errorf("%q is %q, not %q (%v)", test[0], f, test[1], err)
				}
			}
		})
	}
}

// TestDatesAreInTheWordsOfTheLocaleOrInEnglish keeps the order of 12/1 of the locale.
func TestDatesAreInTheWordsOfTheLocaleOrInEnglish(t *testing.T) {
	german := thursday(t)
	var err error
	if german.Locale, err = words.Find("de-AT"); err != nil {
		t.Fatal(err)
	}
	for text, date := range map[string]string{
		"heute": "2026-11-26", "today": "2026-11-26", "due before: nächsten Montag": "2026-11-30", "due before: next monday": "2026-11-30",
		"created < vor 7 Tagen": "2026-11-18T23:00:00Z", "created < 7 days ago": "2026-11-18T23:00:00Z", "12/1": "2027-01-12", "due before: 12/1 9am": "2027-01-12",
		"am 15. & overdue": "2026-12-15",
	} {
		f, err := Parse(text, german)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		_, params := sqlOf(t, f, german)
		if !strings.Contains(fmt.Sprint(params), date) {
			t.Errorf("%s: got %v, want %s", text, params, date)
		}
		if again, err := Parse(f.String(), german); err != nil || !reflect.DeepEqual(again, f) {
			t.Errorf("%s is printed as %s, which reads as %v, %v", text, f, again, err)
		}
	}
}

func TestTreeIsStableJSON(t *testing.T) {
	for text, want := range map[string]string{
		"(today | overdue) & !@wait*": `{"kind":"and","of":[{"kind":"or","of":[{"kind":"due","operator":"=","date":"today"},{"kind":"overdue"}]},{"kind":"not","of":[{"kind":"tag","name":"wait*"}]}]}`,
		"##Work, search: milk, p3":    `{"kind":"list","of":[{"kind":"project-tree","name":"Work"},{"kind":"search","text":"milk"},{"kind":"priority","number":3}]}`,
		"created < 7 days ago":        `{"kind":"created","operator":"<","date":"7 days ago"}`,
		"next 7 days & completed":     `{"kind":"and","of":[{"kind":"next-days","number":7},{"kind":"completed"}]}`,
	} {
		f, err := Parse(text, thursday(t))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(f)
		if err != nil || strings.ReplaceAll(string(got), `\u003c`, "<") != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
		var back Filter
		if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(back, f) {
			t.Errorf("%s comes back as %v, %v", got, back, err)
		}
	}
}

func TestErrorsPointAtTheCharacter(t *testing.T) {
	const first, sign = "a filter such as today, p1 or @tag, ! or (", "&, |, a comma, ) or the end"
	const date = "a date such as today, next monday or 2026-12-01"
	for _, test := range []struct {
		text     string
		position int
		expected string
	}{
		{"", 0, first}, {"  ", 2, first}, {"p1 &", 4, first}, {"p1 & | p2", 5, first}, {"& p1", 0, first}, {"!", 1, first}, {"p1,", 3, first}, {"p1,,p2", 3, first}, {"()", 1, first},
		{"(p1", 3, "&, | or )"}, {"(p1, p2)", 3, "&, | or )"}, {"p1)", 2, "&, |, a comma or the end"}, {"p1 (p2)", 3, "&, |, a comma or the end"},
		{"p1 p2", 3, sign}, {"p1 & no date  @x", 14, sign}, {"today @x", 6, sign}, {"é & today milk", 0, anyTerm}, {"@é & today milk", 12, sign},
		{`p1 & mar 3\, 2027 milk`, 18, sign},
		{"milk", 0, anyTerm}, {"p5", 0, anyTerm}, {"p1 & foo: bar", 5, anyTerm}, {"tag:", 0, anyTerm},
		{"due: milk", 5, date}, {"due:", 4, date}, {"created <", 9, date}, {"before: ", 7, date}, {"p1 | due <=  foo", 13, date},
		{"due before < today", 11, "a colon"}, {"search = x", 7, "a colon"}, {"search:", 7, "some text"},
		{"@", 1, "the name of a tag"}, {"p1 & # ", 6, "the name of a project"}, {"##|p1", 2, "the name of a project"}, {"/", 1, "the name of a section"},
		{"next 0 days", 5, "1 to 10000"}, {"p1 & 99999999999999999999 days", 5, "1 to 10000"},
		{`@a\`, 3, "a character that the backslash makes literal"}, {"@a\x00", 2, "another character"}, {"@a\xff", 2, "UTF-8"},
		{strings.Repeat("(", 101) + "p1", 101, "at most 100 levels of parentheses and !"}, {strings.Repeat("!", 101) + "p1", 101, "at most 100 levels of parentheses and !"},
		{strings.Repeat("p1|", 1000) + "p1", 3000, "at most 1000"}, {strings.Repeat("x", MaxText+1), MaxText, "at most 65536 bytes"},
	} {
		_, err := Parse(test.text, thursday(t))
		var fault *Error
		switch {
		case !errors.As(err, &fault):
			t.Errorf("%.40q: %v", test.text, err)
		case fault.Position != test.position || fault.Expected != test.expected || fault.Message == "":
			t.Errorf("%.40q: at %d expected %q: %s", test.text, fault.Position, fault.Expected, fault.Message)
		}
	}
}

func TestPrintedFiltersReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		f := someFilter(random, 4)
		if random.IntN(4) == 0 {
			f = Filter{Kind: List, Of: []Filter{f, someFilter(random, 2)}}
		}
		back, err := Parse(f.String(), thursday(t))
		if err != nil || !reflect.DeepEqual(back, f) {
			t.Fatalf("%q comes back as %q (%v):\n%#v\n%#v", f, back, err, f, back)
		}
	}
}

func TestBindRefusesWhatParseWouldNotMake(t *testing.T) {
	for _, f := range []Filter{
		{}, {Kind: "x"}, {Kind: And}, {Kind: Not, Of: []Filter{{Kind: "x"}}}, {Kind: Due, Operator: On}, {Kind: Due, Operator: On, Date: "milk"},
		{Kind: Due, Operator: "!", Date: "today"}, {Kind: Created}, {Kind: Not}, {Kind: Not, Of: []Filter{{Kind: All}, {Kind: All}}},
		{Kind: Priority}, {Kind: Priority, Number: 70000}, {Kind: NextDays}, {Kind: NextDays, Number: 1 << 40}, {Kind: Tag}, {Kind: Search}, {Kind: Search, Text: "\x00"},
	} {
		if _, err := f.Bind(thursday(t)); err == nil {
			t.Errorf("%#v was bound", f)
		}
		_ = f.String() // must not panic
	}
}

func TestListsAreFiltersOfTheirOwn(t *testing.T) {
	for text, want := range map[string][]string{"p1 | p2": {"p1 | p2"}, "p1, @a & p2, today": {"p1", "@a & p2", "today"}} {
		f, err := Parse(text, thursday(t))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, part := range f.Lists() {
			got = append(got, part.String())
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %q", text, got)
		}
	}
}
