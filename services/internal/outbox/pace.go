package outbox

import (
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/allowance"
)

// steady is what one user's events are published of without a rest. One act may change thousands of
// objects, and each event is work in all services: what goes beyond leaves room for other users.
var steady = allowance.Allowance{Name: "events", Of: "events", PerSecond: 20, Burst: 200}

// rests is how many times as long as their publishing took a user rests beyond what is steady. A
// machine that is busy, or slow, takes longer, and so the rest is longer.
const rests = 2

// pace knows whose events wait because many of theirs were just published.
type pace struct {
	published *allowance.Users

	mu    sync.Mutex
	until map[string]time.Time // when a user's rest is over
}

func newPace() *pace {
	return &pace{published: allowance.New(steady, time.Now), until: map[string]time.Time{}}
}

// note counts events of a user whose publishing took a time, and returns for how long that user rests.
func (p *pace) note(userID string, events int, took time.Duration) time.Duration {
	p.published.Charge(userID, events)
	if p.published.Wait(userID) == 0 {
		return 0
	}
	rest := rests * took
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[userID] = time.Now().Add(rest)
	return rest
}

// resting returns the users that rest now.
func (p *pace) resting() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	var users []string
	for userID, until := range p.until {
		if until.After(now) {
			users = append(users, userID)
		} else {
			delete(p.until, userID)
		}
	}
	return users
}
