package logins_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/controllers/internal/logins"
)

var schemas = []string{"todo", "audit"}

var start = time.Unix(1_000_000, 0)

// reread writes a set to a Secret and reads it again, as each pass of the operator does.
func reread(t *testing.T, set logins.Set, wanted logins.Wanted) logins.Set {
	t.Helper()
	data, err := set.Data(schemas)
	if err != nil {
		t.Fatal(err)
	}
	again, err := logins.Parse(data, schemas, start.Add(1000*time.Hour), wanted)
	if err != nil || !reflect.DeepEqual(again, set) || !reflect.DeepEqual(again.Complete(schemas), set) {
		t.Fatalf("read again: %+v, want %+v, %v", again, set, err)
	}
	return again
}

func TestPasswordsTakeTurns(t *testing.T) {
	set, err := logins.Parse(nil, schemas, start, logins.Wanted{Rotate: "of before"})
	if err != nil {
		t.Fatal(err)
	}
	set = set.Complete(schemas)
	if set.Current != logins.First || len(set.Passwords[logins.First]) != 2 || set.Rotating() || set.Uses(logins.Second) {
		t.Fatalf("a new set is %+v", set)
	}
	day := 24 * time.Hour
	known := map[string]bool{}
	for _, round := range []struct {
		now    time.Time
		wanted logins.Wanted
		ends   logins.Which
	}{
		{start, logins.Wanted{Rotate: "of before"}, logins.First},                // carried out already
		{start, logins.Wanted{}, logins.First},                                   // nothing is asked for
		{start, logins.Wanted{Rotate: "now"}, logins.Second},                     // in the second in which the first was made
		{start, logins.Wanted{Rotate: "now"}, logins.Second},                     // carried out
		{start, logins.Wanted{Rotate: "now", Period: day}, logins.Second},        // not old enough
		{start.Add(25 * time.Hour), logins.Wanted{Period: day}, logins.First},    // too old
		{start.Add(50 * time.Hour), logins.Wanted{Period: day}, logins.Second},   // again
		{start.Add(50 * time.Hour), logins.Wanted{Rotate: "leak"}, logins.First}, // sooner
	} {
		var steps []logins.Step
		before := set.Current
		for {
			next, step := set.Advance(round.now, round.wanted, schemas)
			if step == logins.StepNone {
				break
			}
			steps = append(steps, step)
			if step == logins.StepSwitched && !reflect.DeepEqual(next.Passwords, set.Passwords) {
				t.Error("a switch changes passwords that the database knows")
			}
			set = reread(t, next, round.wanted)
			if set.Rotating() != (step != logins.StepDropped) {
				t.Errorf("after %s it is rotating: %t", step, set.Rotating())
			}
		}
		var want []logins.Step
		if before != round.ends {
			want = []logins.Step{logins.StepAdded, logins.StepSwitched, logins.StepDropped}
		}
		if !reflect.DeepEqual(steps, want) || set.Current != round.ends || len(set.Passwords) != 1 {
			t.Fatalf("%+v: %v, want %v; %+v", round.wanted, steps, want, set)
		}
		for _, password := range set.Passwords[set.Current] {
			if known[password] && len(steps) > 0 {
				t.Error("a password is used again")
			}
			known[password] = true
		}
	}
}

// A schema that comes with a new version gets a password for each login that anybody may use.
func TestNewSchemasGetPasswords(t *testing.T) {
	set, err := logins.Parse(map[string][]byte{"todo": []byte("a")}, schemas, start, logins.Wanted{})
	if err != nil {
		t.Fatal(err)
	}
	set = set.Complete(schemas)
	if set.Passwords[logins.First]["todo"] != "a" || set.Passwords[logins.First]["audit"] == "" || len(set.Passwords[logins.Second]) > 0 {
		t.Errorf("completed: %+v", set)
	}
	set, _ = set.Advance(start, logins.Wanted{Rotate: "now"}, schemas[:1])
	if set = set.Complete(schemas); set.Passwords[logins.Second]["audit"] == "" {
		t.Errorf("completed in a change: %+v", set)
	}
}

func TestParseRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, text := range []string{"hunter2", "{}", `{"current": "third", "made": {"third": 1}}`, `{"current": "second", "made": {"first": 1}}`} {
		_, err := logins.Parse(map[string][]byte{"logins.json": []byte(text)}, schemas, start, logins.Wanted{})
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "key logins.json") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
