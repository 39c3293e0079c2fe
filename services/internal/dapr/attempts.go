package dapr

import (
	"sync"
	"time"
)

const (
	// maxAttempts bounds the events that are remembered. Each partition delivers one
	// event at a time, so there are rarely more than a few.
	maxAttempts = 4096
	// attemptAge is after how long an event that was not delivered again is forgotten:
	// another replica has it now.
	attemptAge = 10 * time.Minute
)

// attempts remembers how often the events under way were delivered in vain.
type attempts struct {
	now func() time.Time

	mu     sync.Mutex
	events map[string]*attempt // by event id
}

type attempt struct {
	waits, failures int
	last            time.Time
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, events: map[string]*attempt{}}
}

// waited notes that something the event needs was away, and returns how often so far.
func (a *attempts) waited(id string) int {
	return a.note(id, func(one *attempt) int { one.waits++; return one.waits })
}

// failed notes that the event's handler failed, and returns how often so far.
func (a *attempts) failed(id string) int {
	return a.note(id, func(one *attempt) int { one.failures++; return one.failures })
}

func (a *attempts) note(id string, count func(*attempt) int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	one, ok := a.events[id]
	if !ok {
		a.makeRoom()
		one = &attempt{}
		a.events[id] = one
	}
	one.last = a.now()
	return count(one)
}

// makeRoom forgets events of long ago, or any one if there is none of them: it then
// gets a few attempts more.
func (a *attempts) makeRoom() {
	if len(a.events) < maxAttempts {
		return
	}
	oldest := a.now().Add(-attemptAge)
	for id, one := range a.events {
		if one.last.Before(oldest) {
			delete(a.events, id)
		}
	}
	for id := range a.events {
		if len(a.events) < maxAttempts {
			return
		}
		delete(a.events, id)
	}
}

// forget drops what is remembered of an event that is done with.
func (a *attempts) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.events, id)
}
