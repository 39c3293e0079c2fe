package realtimesync

import (
	"testing"
	"time"
)

func TestHeadsAreAskedOftenWhileEventsMayBeMissing(t *testing.T) {
	now := time.Now()
	feed := &memoryFeed{}
	h := newHeads(newHub(1), feed)
	h.now = func() time.Time { return now }
	looks := func(after time.Duration) bool {
		before := h.asked
		now = now.Add(after)
		if err := h.lookWhenDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		return h.asked != before
	}
	h.attend()
	for range 2 {
		if !looks(headsOften) {
			t.Error("it does not look often at first")
		}
	}
	if !looks(attentiveFor) || looks(headsOften) {
		t.Error("it looks often after a while")
	}
	if !looks(headsSeldom) {
		t.Error("it does not look any more")
	}
	h.attend()
	if !looks(headsOften) {
		t.Error("it does not look often although an event was missed")
	}
}
