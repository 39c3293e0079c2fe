package chat

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
)

//go:embed replies/*.json
var replyFiles embed.FS

// phrases are what the chatbot says, by language and name.
var phrases = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, locale := range words.All() {
		table := map[string]string{}
		file, err := replyFiles.ReadFile("replies/" + locale.Tag + ".json")
		if err == nil {
			err = json.Unmarshal(file, &table)
		}
		if err != nil {
			panic(fmt.Sprintf("what the chatbot says in %s: %v", locale.Tag, err)) // the files are part of the program
		}
		all[locale.Tag] = table
	}
	return all
})

// person is to whom the chatbot talks: where and in which language, and what they may name.
type person struct {
	now       time.Time // in their zone
	locale    *words.Locale
	weekStart recurrence.Weekday
	places    tool.Places
	tags      []todo.Tag
	filters   []todo.Filter
}

// person reads the caller's settings, and the names that they have given.
func (s *Service) person(ctx context.Context, caller auth.Caller) (person, error) {
	var p person
	reading, ctx := errgroup.WithContext(ctx)
	reading.Go(func() error {
		options, err := s.tools.Views.Options(ctx, caller)
		p.now, p.locale, p.weekStart = options.Now, options.Locale, options.WeekStart
		return err
	})
	reading.Go(func() (err error) {
		p.places, err = s.tools.ListProjects(ctx, tool.Call{Caller: caller}, tool.None{})
		return err
	})
	reading.Go(func() error {
		found, err := s.tools.ListTags(ctx, tool.Call{Caller: caller}, tool.None{})
		p.tags = found.Tags
		return err
	})
	reading.Go(func() error {
		found, err := s.tools.ListFilters(ctx, tool.Call{Caller: caller}, tool.None{})
		p.filters = found.Filters
		return err
	})
	err := reading.Wait()
	return p, err
}

// values are what stands for {name} in a phrase.
type values map[string]any

// phrase says a phrase in the language of the person.
func (p person) phrase(name string, with values) string {
	pairs := make([]string, 0, 2*len(with))
	for key, value := range with {
		pairs = append(pairs, "{"+key+"}", fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(phrases()[p.locale.Tag][name])
}

// counted says the form of a phrase for a number, which is its {n}.
func (p person) counted(name string, n int, with values) string {
	all := values{"n": n}
	for key, value := range with {
		all[key] = value
	}
	form := name + ".other"
	switch n {
	case 1:
		form = name + ".one"
	case 0:
		if _, ok := phrases()[p.locale.Tag][name+".none"]; ok {
			form = name + ".none"
		}
	}
	return p.phrase(form, all)
}

// near names a day that has a name from where the person is; "" for all others.
func (p person) near(date string) string {
	for name, days := range map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1} {
		if p.now.AddDate(0, 0, days).Format(time.DateOnly) == date {
			return p.phrase(name, nil)
		}
	}
	return ""
}

// day names a day, YYYY-MM-DD.
func (p person) day(date string) string {
	if name := p.near(date); name != "" {
		return name
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil { // nothing like this is ever stored
		return date
	}
	name := "date"
	if day.Year() != p.now.Year() {
		name = "dateWithYear"
	}
	return p.phrase(name, values{
		"weekday": p.locale.Print.Weekdays[(int(day.Weekday())+6)%7], "day": strconv.Itoa(day.Day()),
		"month": p.locale.Print.Months[day.Month()-1], "year": strconv.Itoa(day.Year()),
	})
}

// onDay says on which day something is.
func (p person) onDay(date string) string {
	return cmp.Or(p.near(date), p.phrase("on", values{"day": p.day(date)}))
}

// due names when something is due, in the zone of the person.
func (p person) due(due todo.Due) string {
	if due.Time == "" {
		return p.day(due.Date)
	}
	wall, err := due.Wall("")
	there, zoneErr := due.Location(p.now.Location().String())
	if err != nil || zoneErr != nil { // nothing like this is ever stored
		return due.Date + " " + due.Time
	}
	return p.moment(todo.Instant(wall, there))
}

// moment names a moment in the zone of the person.
func (p person) moment(at time.Time) string { return p.atTime(at, p.day) }

// onMoment says at which moment something is.
func (p person) onMoment(at time.Time) string { return p.atTime(at, p.onDay) }

func (p person) atTime(at time.Time, day func(date string) string) string {
	here := at.In(p.now.Location())
	return p.phrase("dateAndTime", values{"date": day(here.Format(time.DateOnly)), "time": here.Format("15:04")})
}

// escaped has a text of the person's stand as it is in Markdown.
var escaped = strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "<", "\\<", ">", "\\>", "#", "\\#", "!", "\\!", "|", "\\|", "~", "\\~", "\n", " ")

// title is that of a task, as it stands in an answer.
func title(t todo.Task) string { return "**" + escaped.Replace(t.Title) + "**" }

// task tells of a task in a line.
func (p person) task(t todo.Task) string {
	var about []string
	switch {
	case t.CompletedAt != nil:
		about = append(about, p.phrase("done", nil)+", "+p.day(t.CompletedAt.In(p.now.Location()).Format(time.DateOnly)))
	case t.Due != nil:
		about = append(about, p.due(*t.Due))
	}
	switch {
	case t.Recurrence == nil:
	case t.Recurrence.Paused:
		about = append(about, p.phrase("onHold", nil))
	default:
		about = append(about, p.phrase("repeats", nil))
	}
	if t.DurationMinutes != nil {
		about = append(about, p.phrase("minutes", values{"n": *t.DurationMinutes}))
	}
	if t.Deadline != nil {
		about = append(about, p.phrase("deadline", values{"day": p.day(*t.Deadline)}))
	}
	if t.Priority < 4 {
		about = append(about, "p"+strconv.Itoa(t.Priority))
	}
	for _, tag := range t.Tags {
		about = append(about, "@"+escaped.Replace(tag))
	}
	line := title(t)
	if len(about) > 0 {
		line += " – " + strings.Join(about, ", ")
	}
	return line
}

// suggestions offer an example of each verb.
func (p person) suggestions(verbs ...intent.Verb) []Choice {
	choices := []Choice{}
	for _, verb := range verbs {
		if examples := intent.Examples(p.locale, verb); len(examples) > 0 {
			choices = append(choices, Choice{examples[0], examples[0]})
		}
	}
	return choices
}

// refusal says why something was not done. A failure of the platform is no such reason: what was done
// then, nobody knows.
func (p person) refusal(err error) (reply, error) {
	public := failure.Public(err)
	if public.Kind == failure.Unavailable || public.Kind == failure.Internal {
		return reply{}, err
	}
	return reply{Text: p.phrase("failed", values{"reason": escaped.Replace(strings.TrimSuffix(public.Message, "."))})}, nil
}
