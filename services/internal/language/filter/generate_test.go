package filter

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

var (
	// The days on which clocks change in some of the zones, and some others.
	someNows = []string{"2026-10-25T10:00:00", "2026-03-29T03:30:00", "2026-11-22T23:30:00", "2026-04-05T00:30:00", "2026-12-31T12:00:00"}
	// Clocks change at midnight in Havana, and by half an hour on Lord Howe.
	someZones = []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "America/Havana", "UTC"}
	someDates = []string{"today", "tomorrow", "yesterday", "next monday", "2026-10-25", "this week", "friday 9am", "3 days ago",
		"in 2 days", "in 20 minutes", "2026-10-25 02:30", "2026-03-29 02:30", "14:00 asia/tokyo", "today 17:00", "end of month"}
	someNames = []string{"work", "WORK", "straße", "STRASSE", "a, b", "100%", "under_score", "#hash", "(x)", "!bang", `back\slash`,
		"ὈΔΟΣ", "ὀδος", "ta", "task", "tasks", "*", "a&b|c"}
	somePatterns = []string{"work", "WoRK", "strasse", "straße", "a, b", "100%", "under_score", "under-score", "#hash", "(x)", "!bang",
		`back\\slash`, "ὀδοσ", "ta*", "*as*", "*", `\*`, "a&b|c", "*s*s", "t*a", "%", "_", "*ß"}
)

func pick[T any](random *rand.Rand, of []T) T { return of[random.IntN(len(of))] }

// someFilter is a filter that Parse can make, of conditions nested up to a depth.
func someFilter(random *rand.Rand, depth int) Filter {
	if depth == 0 || random.IntN(3) == 0 {
		return someCondition(random)
	}
	kind := pick(random, []Kind{Or, And, Not})
	if kind == Not {
		for {
			if inner := someFilter(random, depth-1); inner.Kind != Not {
				return Filter{Kind: Not, Of: []Filter{inner}}
			}
		}
	}
	f := Filter{Kind: kind}
	for range 2 + random.IntN(2) {
		if part := someFilter(random, depth-1); part.Kind == kind {
			f.Of = append(f.Of, part.Of...)
		} else {
			f.Of = append(f.Of, part)
		}
	}
	return f
}

func someCondition(random *rand.Rand) Filter {
	kind := pick(random, []Kind{All, Due, Due, Due, Created, Completed, Deadline, Start, Overdue, NextDays, NoDate, NoDeadline, Priority, Tag, NoTags,
		Project, ProjectTree, Section, Recurring, Paused, Subtask, Reminders, Search})
	f := Filter{Kind: kind}
	switch kind {
	case Due, Deadline, Start, Created, Completed:
		if kind == Completed && random.IntN(3) == 0 {
			return f
		}
		f.Operator, f.Date = pick(random, []Operator{On, Before, After, Until, From}), pick(random, someDates)
	case NextDays:
		f.Number = 1 + random.IntN(9)
	case Priority:
		f.Number = 1 + random.IntN(4)
	case Tag, Project, ProjectTree, Section:
		f.Name = pick(random, somePatterns)
	case Search:
		f.Text = pick(random, someNames)
	}
	return f
}

// somePlaces have each of the names at the top, and each below another.
func somePlaces() []Place {
	var places []Place
	for i, name := range someNames {
		outer := someNames[(i+1)%len(someNames)]
		places = append(places, Place{fmt.Sprintf("0190f6e4-0000-7000-8000-%012d", i), []string{name}},
			Place{fmt.Sprintf("0190f6e4-0000-7000-8000-%012d", 1000+i), []string{outer, name}})
	}
	return places
}

// someTask is a task around a day.
func someTask(random *rand.Rand, now time.Time) Task {
	at := func() time.Time {
		return now.Add(time.Duration(random.IntN(8*24*60)-4*24*60) * time.Minute).Truncate(time.Minute)
	}
	t := Task{Title: "buy " + pick(random, someNames), Notes: pick(random, someNames), Priority: 1 + random.IntN(4), Created: at()}
	for range random.IntN(3) {
		t.Tags = append(t.Tags, pick(random, someNames))
	}
	if random.IntN(4) > 0 {
		t.Project = pick(random, somePlaces()).ID
	}
	if random.IntN(2) == 0 {
		t.Section = pick(random, somePlaces()).ID
	}
	if random.IntN(2) == 0 {
		t.Deadline = at().Format(time.DateOnly)
	}
	if random.IntN(2) == 0 {
		t.Start = at().Format(time.DateOnly)
	}
	if random.IntN(2) == 0 {
		t.Completed = at()
	}
	if random.IntN(2) == 0 {
		t.Parent = "0190f6e4-0000-7000-8000-000000000000"
	}
	t.Reminders = random.IntN(2)
	if random.IntN(5) == 0 {
		return t
	}
	t.Due = recurrence.Due{Date: at().Format(time.DateOnly)}
	if random.IntN(3) > 0 {
		t.Due.Time = fmt.Sprintf("%02d:%02d", pick(random, []int{0, 0, 1, 2, 3, 9, 14, 23}), pick(random, []int{0, 30, 59}))
		t.Due.Zone = pick(random, append([]string{""}, someZones...))
	}
	if random.IntN(3) == 0 {
		t.Rule, t.Paused = "FREQ=DAILY", random.IntN(3) == 0
	}
	return t
}

func optionsAt(t testing.TB, local, zone string) Options {
	t.Helper()
	location, err := zones.Load(zone)
	if err != nil {
		t.Fatal(err)
	}
	now, err := time.ParseInLocation("2006-01-02T15:04:05", local, location)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Now: now, Projects: somePlaces(), Sections: somePlaces()}
}
