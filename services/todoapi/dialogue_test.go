package todoapi

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/todoapi/chat"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// thursdayNoon is when all dialogues are held: Thursday, in Auckland Friday already.
var thursdayNoon = time.Date(2026, time.November, 26, 12, 0, 0, 0, time.UTC)

// dialogue is what a person and the chatbot say to each other, and what comes of it. It is written as
// lines that begin with
//
//	==  its name, with its zone in brackets
//	+   a task that there is at the start, as quick-add reads it, with a due that is past in brackets; x is
//	    one that is done
//	>   what is said; \e, \t and \n stand for these characters
//	<   words of the answer, after [the kind of a part] that it has
//	<!  words that the answer does not have
//	=   a task that there is then: [ ] or [x], the title, and in brackets what else there is of it; those
//	    that follow each other are all that there are, and "= nothing" means none
//
// Lines that begin with # are comments.
type dialogue struct {
	name, locale, zone string
	file               string
	lines              []line
}

type line struct {
	number     int
	mark, text string
}

var marks = []string{"+", "x", ">", "<!", "<", "="}

// readDialogues reads the dialogues of a file.
func readDialogues(t *testing.T, path string) (all []dialogue) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	scanner := bufio.NewScanner(file)
	for n := 1; scanner.Scan(); n++ {
		text := scanner.Text()
		switch heading, isHeading := strings.CutPrefix(text, "== "); {
		case isHeading:
			name, zone, ok := strings.Cut(strings.TrimSuffix(heading, "]"), " [")
			if !ok {
				t.Fatalf("%s:%d: a dialogue needs a zone: %q", path, n, text)
			}
			all = append(all, dialogue{name: name, zone: zone, locale: filepath.Base(filepath.Dir(path)), file: path})
		case strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#"):
		default:
			mark, ok := markOf(text)
			if !ok || len(all) == 0 {
				t.Fatalf("%s:%d: this is no line of a dialogue: %q", path, n, text)
			}
			last := &all[len(all)-1]
			last.lines = append(last.lines, line{n, mark, strings.TrimPrefix(text, mark+" ")})
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func markOf(text string) (string, bool) {
	for _, mark := range marks {
		if strings.HasPrefix(text, mark+" ") {
			return mark, true
		}
	}
	return "", false
}

// check reports a dialogue that proves nothing.
func (d dialogue) check() error {
	turns, ends := 0, false
	for _, l := range d.lines {
		if l.mark == ">" {
			turns++
		}
		ends = ends || l.mark == "="
	}
	if turns < 3 || turns > 10 || !ends {
		return fmt.Errorf("has %d turns, and must have 3 to 10 and say what there is then", turns)
	}
	return nil
}

func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	h := newHarnessAt(t, thursdayNoon)
	h.user(t) // who is the first of all waits for others, as nobody else does
	var passed, all atomic.Int64
	t.Run("all", func(t *testing.T) { // ends when all of them have
		for _, file := range files {
			for _, d := range readDialogues(t, file) {
				address := fmt.Sprintf("10.0.0.%d", all.Add(1)/50) // sign-ups from one are limited
				t.Run(d.locale+"/"+d.name, func(t *testing.T) {
					t.Parallel()
					h.hold(t, d, address)
					if !t.Failed() {
						passed.Add(1)
					}
				})
			}
		}
	})
	t.Logf("%d of %d dialogues went as written", passed.Load(), all.Load())
}

// hold holds a dialogue as a new user.
func (h *harness) hold(t *testing.T, d dialogue, address string) {
	t.Helper()
	if err := d.check(); err != nil {
		t.Fatalf("%s:%d: it %v", d.file, d.lines[0].number-1, err)
	}
	c := client.New(h.url, &http.Client{Timeout: soon, Transport: from{address, documented{h.t}}})
	err := c.SignUp(t.Context(), h.newEmail(), password, d.zone)
	if err == nil {
		_, err = c.EditSettings(t.Context(), map[string]any{"locale": d.locale})
	}
	if err != nil {
		t.Fatal(err)
	}
	k := newTalk(t, c)
	var said string
	var answer chat.Message
	for i := 0; i < len(d.lines); i++ {
		l := d.lines[i]
		fault := func(format string, args ...any) {
			t.Helper()
			t.Errorf("%s:%d: after %q: %s\nThe answer was %s", d.file, l.number, said, fmt.Sprintf(format, args...), answer.Text)
		}
		switch l.mark {
		case "+", "x":
			if err := prepare(t, c, l); err != nil {
				t.Fatalf("%s:%d: %v", d.file, l.number, err)
			}
		case ">":
			said = controls.Replace(l.text)
			answer = k.say(said)
			t.Logf("> %s\n%s", said, answer.Text)
		case "<":
			if err := answers(answer, l.text); err != nil {
				fault("%v", err)
			}
		case "<!":
			if strings.Contains(answer.Text, controls.Replace(l.text)) {
				fault("%q is in it", l.text)
			}
		case "=":
			var want []string
			for ; i < len(d.lines) && d.lines[i].mark == "="; i++ {
				want = append(want, controls.Replace(d.lines[i].text))
			}
			i--
			slices.Sort(want)
			if got := state(t, c); !slices.Equal(got, want) {
				fault("there is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		}
	}
}

// controls are characters that lines of dialogues write otherwise.
var controls = strings.NewReplacer(`\e`, "\x1b", `\n`, "\n", `\t`, "\t")

// from tells the address of a client.
type from struct {
	address string
	next    http.RoundTripper
}

func (f from) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", f.address)
	return f.next.RoundTrip(r)
}

// prepare makes a task that there is at the start.
func prepare(t *testing.T, c *client.Client, l line) error {
	t.Helper()
	var request client.QuickAdd
	past := pastDue.FindStringSubmatch(l.text)
	request.Text = controls.Replace(pastDue.ReplaceAllString(l.text, ""))
	added, err := c.QuickAdd(t.Context(), request)
	for _, task := range added {
		if err == nil && past != nil {
			_, err = c.EditTask(t.Context(), task.ID, map[string]any{"due": client.Due{Date: past[1]}})
		}
		if err == nil && l.mark == "x" {
			_, err = c.CompleteTask(t.Context(), task.ID)
		}
	}
	return err
}

var pastDue = regexp.MustCompile(` \((\d{4}-\d{2}-\d{2})\)$`)

// answers checks that an answer has the words of a line, and a part of a kind if it begins with one.
func answers(answer chat.Message, want string) error {
	if kind, rest, ok := strings.Cut(want, "]"); ok && strings.HasPrefix(kind, "[") {
		want = strings.TrimSpace(rest)
		is := func(p chat.Part) bool { return string(p.Kind) == kind[1:] }
		if !slices.ContainsFunc(answer.Parts, is) {
			return fmt.Errorf("it has no part %s", kind[1:])
		}
	}
	if !strings.Contains(answer.Text, want) {
		return errors.New("it lacks " + want)
	}
	return nil
}

// state tells of all tasks of a user as dialogues do.
func state(t *testing.T, c *client.Client) []string {
	t.Helper()
	projects, _, err := c.Projects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, p := range projects {
		names[p.ID] = p.Name
	}
	page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: "all", Status: "all", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for _, task := range page.Items {
		told = append(told, stateOf(task, names))
	}
	if len(told) == 0 {
		return []string{"nothing"}
	}
	slices.Sort(told)
	return told
}

// stateOf tells of a task; projects are names by id.
func stateOf(task client.Task, projects map[string]string) string {
	var about []string
	add := func(is bool, format string, args ...any) {
		if is {
			about = append(about, fmt.Sprintf(format, args...))
		}
	}
	if task.Due != nil {
		about = append(about, strings.TrimSpace(task.Due.Date+" "+task.Due.Time))
	}
	if task.Recurrence != nil {
		about = append(about, task.Recurrence.Rule)
		add(task.Recurrence.Paused, "paused")
	}
	add(task.Priority < 4, "p%d", task.Priority)
	for _, tag := range task.Tags {
		about = append(about, "@"+tag)
	}
	if task.ProjectID != nil {
		about = append(about, "#"+projects[*task.ProjectID])
	}
	if task.DurationMinutes != nil {
		about = append(about, fmt.Sprintf("for %d min", *task.DurationMinutes))
	}
	if task.Deadline != nil {
		about = append(about, "until "+*task.Deadline)
	}
	for _, r := range task.Reminders {
		if r.At != nil {
			about = append(about, "reminds "+r.At.UTC().Format("2006-01-02T15:04Z"))
		} else {
			about = append(about, fmt.Sprintf("reminds %d min before", *r.MinutesBefore))
		}
	}
	add(task.Notes != "", "“%s”", task.Notes)
	box := "[ ] "
	if task.CompletedAt != nil {
		box = "[x] "
	}
	if len(about) == 0 {
		return box + task.Title
	}
	return box + task.Title + " (" + strings.Join(about, ", ") + ")"
}
