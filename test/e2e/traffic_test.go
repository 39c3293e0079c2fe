//go:build nodes || upgrade

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	todo "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// What goes on during a drill. A request that fails is told, and a write is sent again
// under its key until it is answered, as a page does.
const (
	readEvery  = 500 * time.Millisecond
	writeEvery = time.Second
	auditEvery = time.Second // from todo-api to audit, by way of both sidecars
	again      = time.Second
	settleIn   = 2 * time.Minute
)

// traffic is what one person does without pause, with a window open.
type traffic struct {
	person  *person
	window  *window
	began   time.Time
	stop    context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	answers map[string][]answer  // by kind of request
	added   map[string]time.Time // titles of tasks, and when their adding was answered
}

type answer struct {
	sent time.Time
	took time.Duration
	err  error
}

// startTraffic begins with somebody new, whose token outlives a drill.
func startTraffic(t *testing.T) *traffic {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p := signUp(t, "vera", "Europe/Berlin")
	p.api = todo.New(baseURL, &http.Client{Timeout: requestLimit, Transport: &http.Transport{MaxIdleConnsPerHost: 100}})
	p.login(t)
	f := &traffic{person: p, window: p.open(t), began: time.Now(), stop: stop, answers: map[string][]answer{}, added: map[string]time.Time{}}
	t.Cleanup(f.end)
	f.repeat(ctx, readEvery, func(ctx context.Context) { f.read(ctx) })
	f.repeat(ctx, auditEvery, func(ctx context.Context) { f.lookBack(ctx) })
	f.repeat(ctx, writeEvery, func(context.Context) { f.write() })
	return f
}

// repeat starts act again and again, whether or not the one before has ended.
func (f *traffic) repeat(ctx context.Context, every time.Duration, act func(context.Context)) {
	f.running.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				f.running.Go(func() { act(context.WithoutCancel(ctx)) })
			}
		}
	})
}

func (f *traffic) read(ctx context.Context) {
	_ = f.ask("read", func() error {
		_, err := f.person.api.ListTasks(ctx, "open", 10, "")
		return err
	})
}

func (f *traffic) lookBack(ctx context.Context) {
	_ = f.ask("audit", func() error {
		_, err := f.person.api.Audit(ctx, 0, 10)
		return err
	})
}

// write adds a task, and tries until it is answered that the task is there.
func (f *traffic) write() {
	ctx, cancel := context.WithTimeout(context.Background(), settleIn)
	defer cancel()
	key := uuid.NewString()
	title := "Carry on " + key
	for ctx.Err() == nil {
		err := f.ask("write", func() error {
			_, err := f.person.api.CreateTask(ctx, todo.Draft{Title: title}, todo.IdempotencyKey(key))
			return err
		})
		if err == nil {
			f.mu.Lock()
			f.added[title] = time.Now()
			f.mu.Unlock()
			return
		}
		time.Sleep(again)
	}
}

func (f *traffic) ask(kind string, request func() error) error {
	sent := time.Now()
	err := request()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[kind] = append(f.answers[kind], answer{sent, time.Since(sent), err})
	return err
}

func (f *traffic) end() {
	f.stop()
	f.running.Wait()
	f.window.close()
}

// finish ends the traffic, tells how it went from a moment on, and checks that what was
// answered is there once: in the list, in the window and in the audit log.
func (f *traffic) finish(t *testing.T, from time.Time) {
	t.Helper()
	f.stop()
	f.running.Wait()
	f.tell(t, from)

	var listed []string
	for cursor := ""; ; {
		page, err := f.person.api.ListTasks(t.Context(), "all", 200, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range page.Items {
			listed = append(listed, task.Title)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	f.eachOnce(t, "the list", listed)

	eventually(t, settleIn, "the window shows every task", func(context.Context) error { return f.complete(f.shown(t)) })
	f.eachOnce(t, "the window", f.shown(t))
	t.Logf("FIGURE the slowest frame came %s after its answer", f.slowestFrame(t).Round(time.Millisecond))

	var logged []string
	eventually(t, settleIn, "the audit log holds every task", func(ctx context.Context) error {
		steps, err := auditLog(ctx, f.person)
		if err != nil {
			return err
		}
		logged = nil
		for _, s := range steps {
			if s.Type == "task.created" && s.Data.After != nil {
				logged = append(logged, s.Data.After.Title)
			}
		}
		return f.complete(logged)
	})
	f.eachOnce(t, "the audit log", logged)
	f.window.close()
}

// shown lists the titles of the tasks that came to the window.
func (f *traffic) shown(t *testing.T) []string {
	var titles []string
	f.eachFrame(t, func(title string, _ time.Time) { titles = append(titles, title) })
	return titles
}

// slowestFrame is the longest time from an answer to its frame.
func (f *traffic) slowestFrame(t *testing.T) time.Duration {
	var slowest time.Duration
	f.eachFrame(t, func(title string, at time.Time) {
		if answered, found := f.added[title]; found {
			slowest = max(slowest, at.Sub(answered))
		}
	})
	return slowest
}

func (f *traffic) eachFrame(t *testing.T, visit func(title string, at time.Time)) {
	for _, change := range f.window.all(t, func(c todo.Change) bool { return c.Type == "task.created" }) {
		var after todo.Task
		if err := json.Unmarshal(change.After, &after); err != nil {
			t.Fatal(err)
		}
		visit(after.Title, change.at)
	}
}

func (f *traffic) complete(titles []string) error {
	if len(titles) < len(f.added) {
		return fmt.Errorf("%d of %d", len(titles), len(f.added))
	}
	return nil
}

func (f *traffic) eachOnce(t *testing.T, where string, titles []string) {
	t.Helper()
	times := map[string]int{}
	for _, title := range titles {
		times[title]++
	}
	for title := range f.added {
		if times[title] != 1 {
			t.Errorf("%q is %d times in %s, want once", title, times[title], where)
		}
	}
}

// tell logs the figures of each kind of request that was sent from a moment on.
func (f *traffic) tell(t *testing.T, from time.Time) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, kind := range slices.Sorted(maps.Keys(f.answers)) {
		var took []time.Duration
		faults := map[string]int{}
		failed, last := 0, time.Duration(0)
		slowest := answer{}
		for _, a := range f.answers[kind] {
			if a.sent.Before(from) {
				continue
			}
			took = append(took, a.took)
			if a.took > slowest.took {
				slowest = a
			}
			if a.err != nil {
				failed++
				faults[fault(a.err)]++
				last = max(last, a.sent.Add(a.took).Sub(from))
			}
		}
		if len(took) == 0 {
			continue
		}
		slices.Sort(took)
		t.Logf("FIGURE %s: %d of %d failed %v, the last one %s after; p50 %s, p99 %s, slowest %s (sent %s after)", kind, failed, len(took), faults,
			last.Round(100*time.Millisecond), took[len(took)/2].Round(time.Millisecond), took[len(took)*99/100].Round(time.Millisecond),
			slowest.took.Round(time.Millisecond), slowest.sent.Sub(from).Round(100*time.Millisecond))
	}
}

// failures counts the requests of some kinds that failed since a moment.
func (f *traffic) failures(from time.Time, kinds ...string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	failed := 0
	for _, kind := range kinds {
		for _, a := range f.answers[kind] {
			if a.err != nil && !a.sent.Before(from) {
				failed++
			}
		}
	}
	return failed
}

// fault names what a request failed of, without what differs from one to the next.
func fault(err error) string {
	if problem, ok := errors.AsType[*todo.Problem](err); ok {
		return fmt.Sprintf("%d %s", problem.Status, problem.Detail)
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer in " + requestLimit.String()
	}
	text := err.Error()
	return text[strings.LastIndex(text, ": ")+1:]
}
