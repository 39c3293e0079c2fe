package intent

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// said is an utterance of the corpus and what it means.
type said struct {
	place   string
	locale  string
	text    string
	options Options
	want    Intent
	// names reports whether the corpus says what is nearest.
	names bool
}

// line is a line of the corpus: an utterance, or the circumstances of those that follow.
type line struct {
	Locale    string             `json:"locale"`
	Zone      string             `json:"zone"`
	Now       string             `json:"now"`
	WeekStart recurrence.Weekday `json:"weekStart"`
	Names     Names              `json:"names"`

	Text *string `json:"text"`
	Talk Talk    `json:"talk"`
	Want Intent  `json:"want"`
}

// corpus reads the files of testdata. Those that are held were written in one go, round by round, when
// the patterns stood.
func corpus(t testing.TB) []said {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no corpus: %v", err)
	}
	var all []said
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var of line
		number := 0
		for scanner := bufio.NewScanner(strings.NewReader(string(data))); scanner.Scan(); {
			number++
			var one line
			if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
				t.Fatalf("%s:%d: %v", file, number, err)
			}
			if one.Text == nil {
				of = one
				continue
			}
			options := optionsOf(t, of)
			options.Talk = one.Talk
			all = append(all, said{
				place: fmt.Sprintf("%s:%d", file, number), locale: of.Locale, text: *one.Text,
				options: options, want: one.Want, names: one.Want.Nearest != "",
			})
		}
	}
	return all
}

// optionsOf are the circumstances that a line describes.
func optionsOf(t testing.TB, of line) Options {
	t.Helper()
	zone, err := zones.Load(of.Zone)
	if err != nil {
		t.Fatal(err)
	}
	now, err := time.Parse(time.RFC3339, of.Now)
	if err != nil {
		t.Fatal(err)
	}
	locale, err := words.Find(of.Locale)
	if err != nil {
		locale = nil // a language without words reads as English
	}
	return Options{Now: now.In(zone), Locale: locale, WeekStart: of.WeekStart, Names: of.Names}
}

// score counts the utterances of a class.
type score struct{ right, all int }

// least is the share of each class that must be understood as it was meant.
const least = 0.95

// TestTheCorpusIsUnderstood reads each utterance and counts by verb and language. An act that was
// not said may never come out.
func TestTheCorpusIsUnderstood(t *testing.T) {
	scores := map[string]*score{}
	total := score{}
	for _, one := range corpus(t) {
		got := Parse(one.text, one.options)
		compared := got
		if !one.names {
			compared.Nearest = ""
		}
		language, _, _ := strings.Cut(one.locale, "-")
		class := fmt.Sprintf("%-14s %s", one.want.Verb, language)
		if scores[class] == nil {
			scores[class] = &score{}
		}
		scores[class].all++
		total.all++
		if reflect.DeepEqual(compared, one.want) {
			scores[class].right++
			total.right++
			continue
		}
		kind := "wrong"
		if acts(got.Verb) {
			kind = "WRONG ACT"
			t.Errorf("%s acts", one.place)
		}
		t.Logf("%s %s: %q %+v\n   got  %s\n   want %s", kind, one.place, one.text, one.options.Talk, printed(got), printed(one.want))
	}
	for _, class := range slices.SortedFunc(maps.Keys(scores), cmp.Compare[string]) {
		s := scores[class]
		t.Logf("%s %4d of %4d, %5.1f %%", class, s.right, s.all, 100*float64(s.right)/float64(s.all))
		if float64(s.right) < least*float64(s.all) {
			t.Errorf("%s: less than %v %% is understood", class, 100*least)
		}
	}
	t.Logf("all %d of %d, %.1f %%", total.right, total.all, 100*float64(total.right)/float64(total.all))
}

func printed(of Intent) string {
	data, err := json.Marshal(of)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
