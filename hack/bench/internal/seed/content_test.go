package seed

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestTasksLookLikePeoples(t *testing.T) {
	const count = 5000
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]int{}
	note := func(what string, is bool) {
		if is {
			seen[what]++
		}
	}
	for range count {
		made := newTask(random, now)
		if len(made.row(uuid.Nil)) != len(tasks.columns) {
			t.Fatal("a row does not fit the columns")
		}
		if made.created.After(now) || made.complete != nil && (made.complete.Before(made.created) || made.complete.After(now)) {
			t.Fatalf("made %v, completed %v", made.created, made.complete)
		}
		if (made.rule != nil) != made.seriesID.Valid || made.rule != nil && (!made.dueDate.Valid || !json.Valid([]byte(*made.seriesStart))) {
			t.Fatal("a recurring task lacks its series")
		}
		if made.rule != nil && (made.complete != nil) != (made.advanced != nil) {
			t.Fatal("recurring-task would act on a seeded task")
		}
		if !json.Valid([]byte(made.reminders)) || made.dueTime.Valid != (made.dueZone != nil) {
			t.Fatalf("reminders %s, time %v, zone %v", made.reminders, made.dueTime, made.dueZone)
		}
		note("due", made.dueDate.Valid)
		note("overdue", made.dueDate.Valid && made.dueDate.Time.Before(now))
		note("completed", made.complete != nil)
		note("recurring", made.rule != nil)
		note("with a reminder", made.reminders != "[]")
		note("tagged", len(made.tags) > 0)
		note("in a project", made.project != "")
		note("urgent", made.priority == 1)
	}
	for what, percent := range map[string]int{
		"due": 70, "overdue": 35, "completed": 33, "recurring": 5, "with a reminder": 5, "tagged": 75, "in a project": 60, "urgent": 10,
	} {
		if got := seen[what] * 100 / count; got < percent-5 || got > percent+5 {
			t.Errorf("%d %% are %s, want about %d", got, what, percent)
		}
	}
}

func TestIDsAreInTheOrderOfCreation(t *testing.T) {
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	first, second := idAt(at), idAt(at.Add(time.Millisecond))
	if first.String() >= second.String() || first.Version() != 7 || first.Variant() != uuid.RFC4122 {
		t.Errorf("got %s and %s", first, second)
	}
	seconds, _ := first.Time().UnixTime()
	if seconds != at.Unix() {
		t.Errorf("%s was made at %d, want %d", first, seconds, at.Unix())
	}
}

func TestRoundsAddOnlyWhatIsMissing(t *testing.T) {
	users := Size{Users: 2, Tasks: 60, LargeUsers: 1, LargeTasks: 120}.plan()
	if len(users) != 3 || !users[0].large || users[1].email != "bench-000001@example.org" {
		t.Fatalf("planned %+v", users)
	}
	users[2].has = 55
	random := rand.New(rand.NewPCG(1, 2))
	for i, want := range []int{50 + 50 + 5, 50 + 10, 20, 0} {
		if got := len(round(users, random, time.Now())); got != want {
			t.Errorf("round %d adds %d tasks, want %d", i, got, want)
		}
	}
}
