package events_test

import (
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/events"
)

func TestPatternsStandForTypes(t *testing.T) {
	cases := []struct {
		pattern events.Pattern
		kind    string
		want    bool
	}{
		{"task.created", "task.created", true},
		{"task.created", "task.updated", false},
		{"task.created", "task.created.late", false},
		{"task.*", "task.completed", true},
		{"task.*", "tasks.completed", false},
		{"task.*", "tag.created", false},
		{"*", "settings.updated", true},
		{"*.created", "task.created", false},
		{"task*", "task.created", false},
		{"", "task.created", false},
	}
	for _, c := range cases {
		if got := c.pattern.Covers(c.kind); got != c.want {
			t.Errorf("%q covers %q: got %t", c.pattern, c.kind, got)
		}
	}
}

func TestPatternsOfWhatThereIsAreKnown(t *testing.T) {
	for pattern, want := range map[events.Pattern]bool{
		"*": true, "task.*": true, "task.created": true, "webhook.tested": true,
		"": false, "task": false, "task.": false, "task.exploded": false, "nothing.*": false, "task.create*": false, "**": false, ".*": false, "*.*": false,
	} {
		if got := pattern.Known(); got != want {
			t.Errorf("%q is known: got %t", pattern, got)
		}
	}
}
