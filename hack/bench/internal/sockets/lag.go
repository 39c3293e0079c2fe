package sockets

import (
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/hack/bench/internal/report"
)

// key names one change: a task has one change for each version.
type key struct {
	task    string
	version int64
}

// Lag measures how long after the answer to a write its frame arrives, and how long
// after its commit. It is safe for concurrent use.
type Lag struct {
	mu       sync.Mutex
	answered map[key]time.Time
	arrived  map[key]time.Time
	result   *LagResult
}

// LagResult is what was measured.
type LagResult struct {
	// Answer is the time from the answer to the frame; less than zero when the frame was first.
	Answer report.Samples
	// Commit is the time from the moment that a change carries to its frame.
	Commit report.Samples
	// Reminder is the time from the moment of a reminder to its frame.
	Reminder report.Samples
}

// NewLag makes an empty Lag.
func NewLag() *Lag {
	l := &Lag{}
	l.Restart()
	return l
}

// Restart forgets what was measured and what is waited for.
func (l *Lag) Restart() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered, l.arrived, l.result = map[key]time.Time{}, map[key]time.Time{}, &LagResult{}
}

// Answered notes that a write of a task, which made a version, was answered at a moment.
func (l *Lag) Answered(task string, version int64, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key{task, version}
	if arrived, ok := l.arrived[k]; ok {
		delete(l.arrived, k)
		l.result.Answer.Add(arrived.Sub(at))
		return
	}
	l.answered[k] = at
}

// Arrived notes that the frame of a change arrived at a moment.
func (l *Lag) Arrived(task string, version int64, committed, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.result.Commit.Add(at.Sub(committed))
	k := key{task, version}
	if answered, ok := l.answered[k]; ok {
		delete(l.answered, k)
		l.result.Answer.Add(at.Sub(answered))
		return
	}
	l.arrived[k] = at
}

// Reminded notes that the frame of a reminder arrived at a moment.
func (l *Lag) Reminded(due, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.result.Reminder.Add(at.Sub(due))
}

// Waiting is how many answered writes have no frame yet.
func (l *Lag) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.answered)
}

// Result returns what was measured since Restart.
func (l *Lag) Result() *LagResult {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.result
}
