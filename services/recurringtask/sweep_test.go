package recurringtask

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// fakeTodoAPI lists tasks as missing until they are advanced.
type fakeTodoAPI struct {
	missing  []missing
	down     func() bool // nil: never
	listed   []time.Time
	advanced []string
}

func (f *fakeTodoAPI) Invoke(_ context.Context, _, method string, in, out any) error {
	if f.down != nil && f.down() {
		f.listed = append(f.listed, time.Now())
		return failure.New(failure.Unavailable, "no answer")
	}
	if method == contract.MethodListMissingOccurrences {
		f.listed = append(f.listed, time.Now())
		page := f.missing[:min(len(f.missing), sweepPage)]
		return fill(out, map[string]any{"tasks": page})
	}
	taskID := in.(advanceRequest).TaskID
	f.missing = slices.DeleteFunc(f.missing, func(m missing) bool { return m.Task.ID == taskID })
	f.advanced = append(f.advanced, taskID)
	return fill(out, advanceResult{TaskID: "next", Created: true})
}

func fill(out, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, out)
}

func sweeperOf(f *fakeTodoAPI) *sweeper {
	metrics := newMetrics(prometheus.NewRegistry())
	return &sweeper{todoAPI: f, advancer: &advancer{todoAPI: f, metrics: metrics}, metrics: metrics}
}

func missed(id, rule string) missing {
	task := recurring(rule, events.AnchorSchedule, events.Due{Date: "2026-12-01"}, "2026-12-01T10:00:00Z")
	task.ID = id
	return missing{UserID: "u", Zone: "UTC", Task: task}
}

func TestSweepGoesThroughAllPages(t *testing.T) {
	f := &fakeTodoAPI{}
	for range 2*sweepPage + 1 {
		f.missing = append(f.missing, missed(strconv.Itoa(len(f.missing)), "FREQ=DAILY"))
	}
	for more := true; more; {
		var err error
		if more, err = sweeperOf(f).sweepOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.missing) != 0 || len(f.advanced) != 2*sweepPage+1 || len(f.listed) != 3 {
		t.Errorf("%d left, %d advanced, %d pages", len(f.missing), len(f.advanced), len(f.listed))
	}
}

func TestSweepPassesOverWhatCannotBeFollowed(t *testing.T) {
	f := &fakeTodoAPI{missing: []missing{missed("bad", "FREQ=SOMETIMES"), missed("good", "FREQ=DAILY")}}
	if _, err := sweeperOf(f).sweepOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.advanced, []string{"good"}) {
		t.Errorf("advanced %q", f.advanced)
	}
}

func TestSweepDoesNotSpinOnAPageOfBadRules(t *testing.T) {
	f := &fakeTodoAPI{}
	for n := range sweepPage {
		f.missing = append(f.missing, missed(strconv.Itoa(n), "FREQ=SOMETIMES"))
	}
	if more, err := sweeperOf(f).sweepOnce(t.Context()); more || err != nil {
		t.Errorf("more %v, error %v", more, err)
	}
}

func TestSweepSpacesOutFailingPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		f := &fakeTodoAPI{down: func() bool { return time.Since(start) < 5*time.Minute }}
		ctx, cancel := context.WithTimeout(t.Context(), 450*time.Second)
		defer cancel()
		if err := sweeperOf(f).run(ctx); err != nil {
			t.Fatal(err)
		}
		var pauses []time.Duration
		for i, at := range f.listed[1:] {
			pauses = append(pauses, at.Sub(f.listed[i]))
		}
		const s = time.Second
		want := []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, sweepMaxRetry, sweepMaxRetry, sweepInterval, sweepInterval}
		if !slices.Equal(pauses, want) {
			t.Errorf("pauses %v, want %v", pauses, want)
		}
	})
}
