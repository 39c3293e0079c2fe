package quickadd

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// signs are what generated texts are made of, with the words of a language.
var signs = strings.Fields(`Call mum Büro 😀 日本 9am 9 3 45 1.12. 17:30 #Home #Home/Roof /Roof #"Summer house" @errand *x +y p1 p9 !2 !30m !tomorrow {friday} {this week} {x} "quoted text" \# \tomorrow "
	bob@example.com https://example.com/friday $5 v1.2.3 May I may ( ) [ ] , . - ! ? 2026-12-01 12/1 in 20 minutes`)

func generate(random *rand.Rand, vocabulary []string) string {
	var b strings.Builder
	for range random.IntN(12) + 1 {
		pieces := signs
		if random.IntN(2) == 0 {
			pieces = vocabulary
		}
		b.WriteString(pieces[random.IntN(len(pieces))])
		switch random.IntN(14) {
		case 0:
		case 1:
			b.WriteString("\r\n")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// checkTasks proves what holds for every text.
func checkTasks(t *testing.T, text string, options Options) {
	t.Helper()
	tasks := Parse(text, options)
	units := utf16.Encode([]rune(text))
	last := 0
	for _, task := range tasks {
		if task.Title == "" || strings.ContainsAny(task.Title, "\r\n") {
			t.Fatalf("%q gives the title %q", text, task.Title)
		}
		if task.Priority < 1 || task.Priority > LowestPriority || task.DurationSeconds < 0 {
			t.Fatalf("%q: %+v", text, task)
		}
		if task.Due != nil && task.Due.Check() != nil || task.Deadline != nil && task.Deadline.Check() != nil {
			t.Fatalf("%q: due %v, deadline %v", text, task.Due, task.Deadline)
		}
		if task.Recurrence != nil && task.Due == nil {
			t.Fatalf("%q: a recurrence without a due", text)
		}
		for _, span := range task.Spans {
			if span.Start < last || span.Start >= span.End || span.End > len(text) || span.Text != text[span.Start:span.End] {
				t.Fatalf("%q: %+v after %d", text, span, last)
			}
			last = span.End
			if utf8.ValidString(text) && string(utf16.Decode(units[span.StartUTF16:span.EndUTF16])) != span.Text {
				t.Fatalf("%q: %+v is not at its place in UTF-16", text, span)
			}
		}
	}
	if again := Parse(text, options); !reflect.DeepEqual(tasks, again) {
		t.Fatalf("%q is read as %+v and as %+v", text, tasks, again)
	}
}

func TestGeneratedTextsKeepTheRules(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	options := thursday(t)
	for _, locale := range words.All() {
		options.Locale = locale
		vocabulary := locale.Vocabulary()
		for i := range 6_000 {
			options.Prefixes = []Prefixes{PrefixesTodoist, PrefixesVikunja}[i%2]
			options.Ignore = nil
			if i%3 == 0 {
				start := random.IntN(40)
				options.Ignore = []Range{{start, start + random.IntN(20)}}
			}
			checkTasks(t, generate(random, vocabulary), options)
		}
	}
}

// TestEverythingThatIsIgnoredStays says "not this one" to all spans until none is
// left: then the text is the title.
func TestEverythingThatIsIgnoredStays(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	locales := words.All()
	for i := range 1000 {
		options := thursday(t)
		options.Locale = locales[i%len(locales)]
		text := strings.Join(strings.Fields(strings.ReplaceAll(generate(random, options.Locale.Vocabulary()), `\`, "")), " ")
		for range 100 {
			task := Parse(text, options)[0]
			if len(task.Spans) == 0 {
				if task.Title != text {
					t.Fatalf("%q has the title %q", text, task.Title)
				}
				break
			}
			for _, span := range task.Spans {
				options.Ignore = append(options.Ignore, Range{span.Start, span.End})
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"Call mum next friday 9am for 45 min #Family/Trips @phone p1 !30m !tomorrow 9am {next week}",
		"Water plants every! 3 days until june\r\n- [ ] \\#home \"p1\"\n2. x", "#\"", "{", "!", "every second @a@b http://", "\xff\x00@\xffé",
		"Mama am Freitag um halb 9 anrufen #Familie p1 !30m {1.12.} jeden Montag",
	} {
		f.Add(text, 0, 5)
	}
	options := thursday(f)
	locales := words.All()
	f.Fuzz(func(t *testing.T, text string, start, length int) {
		options.Ignore = []Range{{start, start + length}}
		begin := time.Now()
		for _, locale := range locales {
			options.Locale = locale
			checkTasks(t, text, options)
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
		"{", "{friday} ", "!", "!1 ", "!30m ", "!tomorrow ", "#a ", `#"`, `#"a `, "/a ", "@a ", "@", `"`, `"a `, "“", `\`, `\a `, "every second ",
		"every monday ", "tomorrow ", "mon wed fri ", "eod tomorrow ", "7 tonight dinner ", "9am and ", "every mon 9am and ", "p1 ", "(", "(a", "(@", `("a`, "x", "é", "😀", "\xff", "\x00", "a\n", "tomorrow 9am\n", "$", "a@",
		"jeden montag ", "freitagabend ", "1.12. ", "um 9 ",
	}
	options := thursday(t)
	for _, locale := range words.All() {
		options.Locale = locale
		for _, piece := range pieces {
			text := strings.Repeat(piece, MaxLine/len(piece))
			begin := time.Now()
			checkTasks(t, text, options)
			if took := time.Since(begin); took > limit {
				t.Errorf("%s: %d bytes of %q took %v", locale.Tag, len(text), piece, took)
			}
		}
	}
	long := strings.Repeat("tomorrow ", MaxLine)
	if task := Parse(long, options)[0]; len(task.Spans) > 0 || task.Title != strings.TrimSpace(long) {
		t.Errorf("a line longer than MaxLine has %d spans", len(task.Spans))
	}
}
