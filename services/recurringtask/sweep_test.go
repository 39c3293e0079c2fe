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
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// fakeTodoAPI lists tasks as missing until they are settled. It does not take a due date
// of the year that refused names.
type fakeTodoAPI struct {
	missing  []calls.MissingOccurrence
	down     func() bool // nil: never
	stuck    string      // id of a task that cannot be settled at present
	away     bool        // no task can be
	tried    int
	listed   []time.Time
	advanced []string
	reasons  map[string]string // why series ended, by task
}

func (f *fakeTodoAPI) Invoke(_ context.Context, _, method string, in, out any) error {
	if f.down != nil && f.down() {
		f.listed = append(f.listed, time.Now())
		return failure.New(failure.Unavailable, "no answer")
	}
	if method == contract.MethodListMissingOccurrences {
		f.listed = append(f.listed, time.Now())
		return fill(out, calls.ListMissingOccurrencesReply{Tasks: f.page(in.(calls.ListMissingOccurrencesRequest))})
	}
	request := in.(calls.AdvanceOccurrenceRequest)
	f.tried++
	switch {
	case request.TaskID == f.stuck || f.away:
		return failure.New(failure.Unavailable, "no answer")
	case request.Next != nil && request.Next.Due.Date > "2200":
		return failure.InvalidField("due.date", "must lie before the year 2200")
	case request.Next == nil && request.Reason != "":
		f.reasons[request.TaskID] = request.Reason
	default:
		f.advanced = append(f.advanced, request.TaskID)
	}
	f.missing = slices.DeleteFunc(f.missing, func(m calls.MissingOccurrence) bool { return m.Task.ID == request.TaskID })
	return fill(out, calls.AdvanceOccurrenceReply{TaskID: "next", Created: request.Next != nil})
}

func (f *fakeTodoAPI) page(request calls.ListMissingOccurrencesRequest) []calls.MissingOccurrence {
	first := 0
	if request.After != nil {
		first = slices.IndexFunc(f.missing, func(m calls.MissingOccurrence) bool {
			return m.Task.CompletedAt.After(request.After.CompletedAt)
		})
		if first < 0 {
			return nil
		}
	}
	return f.missing[first:min(len(f.missing), first+request.Limit)]
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

// missed is the nth task to be completed.
func missed(n int, rule string) calls.MissingOccurrence {
	task := completed(rule)
	at := task.CompletedAt.Add(time.Duration(n) * time.Second)
	task.ID, task.CompletedAt = strconv.Itoa(n), &at
	return calls.MissingOccurrence{UserID: "u", Zone: "UTC", Task: task}
}

func TestSweepGoesThroughAllPages(t *testing.T) {
	f := &fakeTodoAPI{}
	for n := range 2*sweepPage + 1 {
		f.missing = append(f.missing, missed(n, "FREQ=DAILY"))
	}
	if err := sweeperOf(f).sweepOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(f.missing) != 0 || len(f.advanced) != 2*sweepPage+1 || len(f.listed) != 3 {
		t.Errorf("%d left, %d advanced, %d pages", len(f.missing), len(f.advanced), len(f.listed))
	}
}

func TestWhatCannotBeFollowedEndsWithAReason(t *testing.T) {
	f := &fakeTodoAPI{reasons: map[string]string{}}
	for n := range sweepPage {
		f.missing = append(f.missing, missed(n, "FREQ=SOMETIMES"))
	}
	f.missing = append(f.missing, missed(sweepPage, "FREQ=YEARLY;INTERVAL=200"), missed(sweepPage+1, "FREQ=DAILY"))
	if err := sweeperOf(f).sweepOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(f.missing) != 0 || !slices.Equal(f.advanced, []string{strconv.Itoa(sweepPage + 1)}) {
		t.Errorf("%d left, advanced %q", len(f.missing), f.advanced)
	}
	if f.reasons["0"] == "" || f.reasons[strconv.Itoa(sweepPage)] != "must lie before the year 2200" {
		t.Errorf("reasons %q", f.reasons)
	}
}

func TestATaskThatCannotBeSettledAtPresentHoldsUpNoOther(t *testing.T) {
	f := &fakeTodoAPI{stuck: "0"}
	for n := range sweepPage + 5 {
		f.missing = append(f.missing, missed(n, "FREQ=DAILY"))
	}
	if err := sweeperOf(f).sweepOnce(t.Context()); failure.KindOf(err) != failure.Unavailable {
		t.Errorf("got %v", err)
	}
	if len(f.missing) != 1 || len(f.advanced) != sweepPage+4 {
		t.Errorf("%d left, %d advanced", len(f.missing), len(f.advanced))
	}
}

// The gauge is what an alert looks at.
func TestSweepTellsHowManyTasksItLeft(t *testing.T) {
	away := false
	f := &fakeTodoAPI{stuck: "0", down: func() bool { return away }}
	for n := range 3 {
		f.missing = append(f.missing, missed(n, "FREQ=DAILY"))
	}
	s := sweeperOf(f)
	pass := func(want float64, fails bool) {
		t.Helper()
		if err := s.sweepOnce(t.Context()); (err != nil) != fails {
			t.Errorf("got %v", err)
		}
		if stuck := testutil.ToFloat64(s.metrics.sweepStuck); stuck != want {
			t.Errorf("%v tasks are told, want %v", stuck, want)
		}
	}
	pass(1, true)
	away = true
	pass(1, true)
	away, f.stuck = false, ""
	pass(0, false)
}

func TestSweepGivesUpWhileTodoAPIIsAway(t *testing.T) {
	f := &fakeTodoAPI{away: true}
	for n := range 10 {
		f.missing = append(f.missing, missed(n, "FREQ=DAILY"))
	}
	if err := sweeperOf(f).sweepOnce(t.Context()); failure.KindOf(err) != failure.Unavailable || f.tried != sweepPatience {
		t.Errorf("error %v after %d tries, want %d", err, f.tried, sweepPatience)
	}
}

func TestSweepSpacesOutFailingPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		f := &fakeTodoAPI{down: func() bool { return time.Since(start) < 5*time.Minute }}
		ctx, cancel := context.WithTimeout(t.Context(), 450*time.Second)
		defer cancel()
		if err := sweeperOf(f).loop().Run(ctx); err != nil {
			t.Fatal(err)
		}
		var pauses []time.Duration
		for i, at := range f.listed[1:] {
			pauses = append(pauses, at.Sub(f.listed[i]))
		}
		const s = time.Second
		want := []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, sweepMaxRetry, sweepMaxRetry, sweepInterval, sweepInterval}
		if len(pauses) < len(want) || !slices.EqualFunc(pauses[:len(want)], want, func(pause, whole time.Duration) bool { return pause <= whole && pause >= whole*4/5 }) {
			t.Errorf("pauses %v, want %v or a fifth less", pauses, want)
		}
	})
}
