package transfer

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/zones"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/comment"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/tag"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

// around are surroundings of a person in Berlin on a Monday.
func around(t testing.TB) surroundings {
	t.Helper()
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return surroundings{now: time.Date(2026, 11, 30, 10, 0, 0, 0, zone), locale: "en", weekStart: 1, dayStart: "09:00"}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "testdata", "transfer", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// archiveOf packs files, which are given as names and contents in turn.
func archiveOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for i := 0; i < len(files); i += 2 {
		file, err := w.Create(files[i])
		if err == nil {
			_, err = file.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// inShort writes a task on one line, with what its line of the report says.
func inShort(i item[Task]) string {
	t := i.value
	var text strings.Builder
	fmt.Fprintf(&text, "%s p%d", t.Title, t.Priority)
	if t.Due != nil {
		fmt.Fprintf(&text, " due %s", strings.TrimSpace(strings.Join([]string{t.Due.Date, t.Due.Time, t.Due.Zone}, " ")))
	}
	if t.Recurrence != nil {
		fmt.Fprintf(&text, " %s (%s)", t.Recurrence.Rule, t.Recurrence.Anchor)
	}
	for _, reminder := range t.Reminders {
		if reminder.At != nil {
			fmt.Fprintf(&text, " remind %s", reminder.At.Format(time.RFC3339))
		} else {
			fmt.Fprintf(&text, " remind -%d", *reminder.MinutesBefore)
		}
	}
	if t.DurationMinutes > 0 {
		fmt.Fprintf(&text, " %dmin", t.DurationMinutes)
	}
	if t.Start+t.Deadline != "" {
		fmt.Fprintf(&text, " %s..%s", t.Start, t.Deadline)
	}
	if t.CompletedAt != nil {
		fmt.Fprintf(&text, " done %s", t.CompletedAt.UTC().Format(time.RFC3339))
	}
	if i.line.Reason != "" {
		fmt.Fprintf(&text, ": %s", i.line.Reason)
	}
	return text.String()
}

// wantOneTask reads a file that has one task.
func wantOneTask(t *testing.T, read fileReader, file, want string) {
	t.Helper()
	w, err := read(strings.NewReader(file), around(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(w.tasks) != 1 {
		t.Fatalf("got %d tasks", len(w.tasks))
	}
	if got := inShort(w.tasks[0]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPositionsSortAsNumbersDo(t *testing.T) {
	before := ""
	for _, order := range []float64{-1e300, -1099511627776, -1, -0.5, 0, 0.5, 1, 2, 10, 65536, 1e300} {
		if key := orderKey(order); key <= before {
			t.Errorf("%g is at %s, not after %s", order, key, before)
		} else {
			before = key
		}
	}
}

func TestHTMLBecomesMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"<p>To <b>Eve</b></p>\r\n<p><a href=\"https://example.org/\">Account</a></p>": "To **Eve**\n\n[Account](https://example.org/)",
		"<ul><li>one</li><li>two</li></ul>":                                           "- one\n- two",
		"a<br>b":                                                                      "a  \nb",
		"<script>x()</script><p>y</p>":                                                "y",
		"one &amp; two":                                                               "one & two",
		strings.Repeat("<b>", 2000):                                                   strings.Repeat("<b>", 2000), // too deep to be understood
	} {
		if got := markdownOf(text); got != want {
			t.Errorf("%.60q: got %.60q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{
		"<p>x</p>": true, "a<br/>b": true, `see <a href="https://example.org">it</a>`: true,
		"if a<b and c>d, then **so**": false, "<https://example.org>": false, "x <y> z": false, "": false,
	} {
		if got := isHTML(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

// fuzz has a reader read whatever comes, of which it must make a world or say what is wrong.
func fuzz(f *testing.F, read fileReader, seeds ...[]byte) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	here := around(f)
	readers := map[string]command.Reader{}
	api := httpapi.New(http.NewServeMux(), "test", "1", "/api/v1")
	for _, of := range []map[string]command.Reader{settings.Readers(api), project.Readers(api), tag.Readers(api), comment.Readers(api), task.Readers(api), view.Readers(api)} {
		maps.Copy(readers, of)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		w, err := read(bytes.NewReader(file), here)
		if err != nil {
			if failure.KindOf(err) != failure.Invalid {
				t.Fatalf("got %v", err)
			}
			return
		}
		p := newPlanner(w, newNames([16]byte{}, "u"), existing{ids: map[string]bool{}, projects: map[childName]string{}, sections: map[childName]string{}, tags: map[string]bool{}, filters: map[string]string{}}, readers, here.now, Options{})
		p.plan()
		var report Report
		p.into(&report)
	})
}

func FuzzCSV(f *testing.F) { fuzz(f, readCSV, fixture(f, "tasks.csv")) }

func FuzzICS(f *testing.F) { fuzz(f, readICS, fixture(f, "tasks.ics")) }

func FuzzJSON(f *testing.F) {
	fuzz(f, readJSON, []byte(`{"format":"todoplatform","version":1,"settings":{"zone":"Asia/Tokyo"},"projects":[{"id":"p","name":"P"}],"sections":[{"id":"s","projectId":"p","name":"S"}],
		"tags":[{"name":"t"}],"filters":[{"name":"f","query":"today"}],"comments":[{"taskId":"1","text":"c"}],
		"tasks":[{"id":"1","title":"x","projectId":"p","sectionId":"s","due":{"date":"2031-03-04"},"recurrence":{"rule":"FREQ=DAILY"},"series":{"id":"s","occurrence":1,"start":{"date":"2031-03-03"}}}]}`))
}
