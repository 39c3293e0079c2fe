package task

import (
	"encoding/json"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestPatchIsStoredClean(t *testing.T) {
	tests := []struct{ name, patch, want string }{
		{"nothing", `{}`, `{}`},
		{"a title is trimmed", `{"title":" Feed cat "}`, `{"title":"Feed cat"}`},
		{"null is what a task has without", `{"due":null,"recurrence":null,"notes":null,"tags":null,"priority":null,"reminders":null}`,
			`{"notes":"","priority":4,"tags":[],"due":null,"recurrence":null,"reminders":[]}`},
		{"a member of due", `{"due":{"time":"10:00"}}`, `{"due":{"time":"10:00"}}`},
		{"null in due", `{"due":{"time":null}}`, `{"due":{"time":null}}`},
		{"a rule is canonical", `{"recurrence":{"rule":"INTERVAL=1;FREQ=DAILY"}}`, `{"recurrence":{"rule":"FREQ=DAILY"}}`},
		{"an anchor alone", `{"recurrence":{"anchor":null}}`, `{"recurrence":{"anchor":"schedule"}}`},
		{"a reminder with an id keeps it", `{"reminders":[{"id":"r","minutesBefore":5}]}`, `{"reminders":[{"id":"r","minutesBefore":5}]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var patch Patch
			if err := json.Unmarshal([]byte(test.patch), &patch); err != nil {
				t.Fatal(err)
			}
			clean, err := patch.Clean()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := json.Marshal(clean); err != nil || string(got) != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestPatchIsRefused(t *testing.T) {
	tests := []struct{ name, patch, field string }{
		{"no title", `{"title":null}`, "title"},
		{"a blank title", `{"title":" "}`, "title"},
		{"a due without its date", `{"due":{"date":null}}`, "due.date"},
		{"no such day", `{"due":{"date":"2026-02-30"}}`, "due.date"},
		{"no such time", `{"due":{"time":"25:00"}}`, "due.time"},
		{"no such zone", `{"due":{"zone":"Mars/Olympus"}}`, "due.zone"},
		{"a recurrence without its rule", `{"recurrence":{"rule":null}}`, "recurrence.rule"},
		{"no such rule", `{"recurrence":{"rule":"FREQ=SOMETIMES"}}`, "recurrence.rule"},
		{"a tag twice", `{"tags":["a","A"]}`, "tags[1]"},
		{"a reminder at no time", `{"reminders":[{}]}`, "reminders[0]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var patch Patch
			if err := json.Unmarshal([]byte(test.patch), &patch); err != nil {
				t.Fatal(err)
			}
			_, err := patch.Clean()
			if failure.KindOf(err) != failure.Invalid || failure.Public(err).Field != test.field {
				t.Errorf("got %v, want invalid %s", err, test.field)
			}
		})
	}
}
