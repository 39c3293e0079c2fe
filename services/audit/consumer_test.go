package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// memoryLog follows the rule of the SQL function append_entries for one user.
type memoryLog struct {
	ids []string
	seq int64
}

func (l *memoryLog) append(_ context.Context, _ string, entries []newEntry) (appended, error) {
	before := len(l.ids)
	for _, e := range entries {
		if slices.Contains(l.ids, e.EventID) {
			continue
		}
		if e.ChangeSeq > l.seq+1 {
			break
		}
		l.seq = max(l.seq, e.ChangeSeq)
		l.ids = append(l.ids, e.EventID)
	}
	return appended{Appended: len(l.ids) - before, ChangeSeq: l.seq}, nil
}

func (l *memoryLog) progress(_ context.Context, users []string) (map[string]int64, error) {
	return map[string]int64{users[0]: l.seq}, nil
}

func (l *memoryLog) bury(context.Context, string, time.Time) error { return nil }

// fakeFeed is todo-api's change feed with changes 1..head, in pages of its own size.
type fakeFeed struct {
	head, page int64
	err        error
}

func (f *fakeFeed) Invoke(_ context.Context, _, _ string, in, out any) error {
	if f.err != nil {
		return f.err
	}
	encoded, err := json.Marshal(in)
	if err != nil {
		return err
	}
	var request struct{ After int64 }
	if err := json.Unmarshal(encoded, &request); err != nil {
		return err
	}
	var items []json.RawMessage
	for seq := request.After + 1; seq <= min(f.head, request.After+f.page); seq++ {
		items = append(items, changeJSON(seq))
	}
	reply, err := json.Marshal(map[string]any{"items": items, "head": f.head})
	if err != nil {
		return err
	}
	return json.Unmarshal(reply, out)
}

func changeJSON(seq int64) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"userId":%q,"seq":%d,"eventId":"change-%d","type":"task.updated","at":"2026-11-22T09:00:00Z"}`, user, seq, seq))
}

func changeEvent(seq int64) events.Event {
	return events.Event{ID: fmt.Sprintf("change-%d", seq), Source: "todo-api", Type: "task.updated", UserID: user, Data: changeJSON(seq)}
}

func TestConsumerKeepsTheLogWithoutHoles(t *testing.T) {
	tests := map[string]struct {
		arriving []int64
		page     int64
		want     int64 // the log holds 1..want, once each, in order
	}{
		"in order":                        {arriving: []int64{1, 2, 3}, page: 100, want: 3},
		"each one twice":                  {arriving: []int64{1, 1, 2, 2}, page: 100, want: 2},
		"again from the start":            {arriving: []int64{1, 2, 3, 1, 2, 3}, page: 100, want: 3},
		"the first that arrives is late":  {arriving: []int64{250}, page: 100, want: 250},
		"a gap":                           {arriving: []int64{1, 5, 6}, page: 100, want: 6},
		"a gap over several pages":        {arriving: []int64{1, 50}, page: 7, want: 50},
		"a gap whose events arrive later": {arriving: []int64{1, 4, 2, 3, 5}, page: 100, want: 5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			log := &memoryLog{}
			feed := &fakeFeed{page: test.page}
			c := &consumer{log: log, todoAPI: feed, metrics: newMetrics(prometheus.NewRegistry())}
			for _, seq := range test.arriving {
				feed.head = max(feed.head, seq) // an event is published after its change is committed
				if err := c.handleChange(t.Context(), changeEvent(seq)); err != nil {
					t.Fatal(err)
				}
			}
			var want []string
			for seq := int64(1); seq <= test.want; seq++ {
				want = append(want, fmt.Sprintf("change-%d", seq))
			}
			if !slices.Equal(log.ids, want) {
				t.Errorf("the log holds %v, want %v", log.ids, want)
			}
		})
	}
}

func TestConsumerSaysWhetherRepeatingHelps(t *testing.T) {
	down := failure.New(failure.Unavailable, "no answer")
	tests := map[string]struct {
		event events.Event
		feed  *fakeFeed
		want  failure.Kind
	}{
		"the feed does not answer":         {changeEvent(3), &fakeFeed{err: down}, failure.Unavailable},
		"the feed lags behind the event":   {changeEvent(3), &fakeFeed{head: 1, page: 100}, failure.Unavailable},
		"data that is not JSON":            {events.Event{UserID: user, Data: []byte(`{`)}, &fakeFeed{}, failure.Invalid},
		"a change without seq":             {events.Event{UserID: user, Data: []byte(`{"eventId":"a","type":"b"}`)}, &fakeFeed{}, failure.Invalid},
		"a user that is not one of ours":   {events.Event{UserID: "root", Data: changeJSON(1)}, &fakeFeed{}, failure.Invalid},
		"a member given twice in the data": {events.Event{UserID: user, Data: []byte(`{"seq":1,"seq":1,"eventId":"a","type":"b"}`)}, &fakeFeed{}, failure.Invalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := &consumer{log: &memoryLog{}, todoAPI: test.feed, metrics: newMetrics(prometheus.NewRegistry())}
			if err := c.handleChange(t.Context(), test.event); failure.KindOf(err) != test.want {
				t.Errorf("error %v has kind %q, want %q", err, failure.KindOf(err), test.want)
			}
		})
	}
}

func TestReminderWithBrokenDataIsRefused(t *testing.T) {
	c := &consumer{log: &memoryLog{}, todoAPI: &fakeFeed{err: errors.New("not asked")}, metrics: newMetrics(prometheus.NewRegistry())}
	event := events.Event{ID: "r1", Type: events.TypeReminderSent, UserID: user, Time: time.Now(), Data: []byte(`nonsense`)}
	if err := c.handleReminder(t.Context(), event); failure.KindOf(err) != failure.Invalid {
		t.Errorf("error %v, want it invalid", err)
	}
}
