// Package load sends requests at a fixed rate, however slow the answers are: an open
// loop, as people are one. Whoever waits for an answer before the next request measures
// fewer slow ones the slower the platform is.
package load

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/hack/bench/internal/report"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	// requestTimeout is when a person has given up.
	requestTimeout = 10 * time.Second
	// maxInFlight bounds what waits for answers. It lies below the connections to one
	// service that the entry allows.
	maxInFlight = 900
	// percentLarge is how many of the requests are those of large users.
	percentLarge = 10
)

// errTooMany is the fault of a request that was not sent.
var errTooMany = errors.New("not sent: too many requests are waiting")

// Load sends requests of users.
type Load struct {
	ordinary, large []*User
	random          *rand.Rand
	// answered is told of each successful write of a connected user.
	answered func(Written, time.Time)
}

// New makes a load of requests of users.
func New(users []*User, answered func(Written, time.Time)) *Load {
	l := &Load{answered: answered, random: rand.New(rand.NewPCG(3, 4))} //nolint:gosec // the same requests each time
	for _, user := range users {
		if user.Large {
			l.large = append(l.large, user)
		} else {
			l.ordinary = append(l.ordinary, user)
		}
	}
	return l
}

// OfLargeUsers is the load without ordinary users.
func (l *Load) OfLargeUsers() *Load {
	return &Load{large: l.large, random: l.random, answered: l.answered}
}

// Record is what happened to the requests of one run. Latencies count from the moment
// for which a request was intended, and those of failed requests count too.
type Record struct {
	Latencies map[Operation]*report.Samples
	// Large has the lists of large users once more.
	Large report.Samples
	// Elapsed lasts until the last answer.
	Elapsed time.Duration

	mu     sync.Mutex
	errors map[string]int
}

func newRecord() *Record {
	r := &Record{Latencies: map[Operation]*report.Samples{}, errors: map[string]int{}}
	for _, operation := range Operations() {
		r.Latencies[operation] = &report.Samples{}
	}
	return r
}

// Errors returns how many requests failed, by status or fault.
func (r *Record) Errors() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.errors)
}

// Failed returns how many requests failed.
func (r *Record) Failed() int {
	failed := 0
	for _, count := range r.Errors() {
		failed += count
	}
	return failed
}

// Joined returns the latencies of all operations for which include says so.
func (r *Record) Joined(include func(Operation) bool) *report.Samples {
	joined := &report.Samples{}
	for _, operation := range Operations() {
		if include(operation) {
			for _, latency := range r.Latencies[operation].Sorted() {
				joined.Add(latency)
			}
		}
	}
	return joined
}

func (r *Record) add(request request, latency time.Duration, err error) {
	r.Latencies[request.operation].Add(latency)
	if request.operation == List && request.user.Large {
		r.Large.Add(latency)
	}
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.errors[faultOf(err)]++
	}
}

// faultOf names an error so that those of the same kind are counted together.
func faultOf(err error) string {
	status := client.StatusOf(err)
	switch {
	case status != 0:
		return "status " + strconv.Itoa(status)
	case errors.Is(err, errTooMany):
		return "not sent"
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer in %s", requestTimeout)
	}
	return "no connection"
}

// Run sends rate requests a second for a time and waits for their answers. It ends
// early with ctx.
func (l *Load) Run(ctx context.Context, rate float64, duration time.Duration, mix Mix) *Record {
	record := newRecord()
	slots := make(chan struct{}, maxInFlight)
	var waiting sync.WaitGroup
	start := time.Now()
	for i := range intended(rate, duration) {
		moment := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		if !sleepUntil(ctx, moment) {
			break
		}
		request := prepare(mix.pick(l.random), l.someone(), l.random)
		select {
		case slots <- struct{}{}:
		default:
			record.add(request, time.Since(moment), errTooMany)
			continue
		}
		waiting.Go(func() {
			l.send(ctx, request, moment, record)
			<-slots
		})
	}
	waiting.Wait()
	record.Elapsed = time.Since(start)
	return record
}

func (l *Load) send(ctx context.Context, request request, moment time.Time, record *Record) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	written, err := request.send(ctx)
	now := time.Now()
	record.add(request, now.Sub(moment), err)
	if err == nil && written != nil && request.user.Connected.Load() {
		l.answered(*written, now)
	}
}

func (l *Load) someone() *User {
	if len(l.ordinary) == 0 || len(l.large) > 0 && l.random.IntN(100) < percentLarge {
		return l.large[l.random.IntN(len(l.large))]
	}
	return l.ordinary[l.random.IntN(len(l.ordinary))]
}

// intended is how many requests a run has.
func intended(rate float64, duration time.Duration) int { return int(rate * duration.Seconds()) }

// sleepUntil reports false when ctx ended before.
func sleepUntil(ctx context.Context, moment time.Time) bool {
	timer := time.NewTimer(time.Until(moment))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
