package outbox

import (
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/allowance"
)

// paced is how fast one user's events are published for long. One act may change thousands of
// objects, and each event is work in all services: at this rate it takes a part of them, and
// leaves the rest to other users.
var paced = allowance.Allowance{Name: "events", Of: "events", PerSecond: 250, Burst: 500}

// pace knows whose events wait because many of theirs were just published.
type pace struct {
	published *allowance.Users

	mu    sync.Mutex
	until map[string]time.Time // when a user's rest is over
}

func newPace() *pace {
	return &pace{published: allowance.New(paced, time.Now), until: map[string]time.Time{}}
}

// note counts events of a user that were published, and returns for how long that user rests.
func (p *pace) note(userID string, events int) time.Duration {
	p.published.Charge(userID, events)
	rest := p.published.Wait(userID)
	if rest > 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.until[userID] = time.Now().Add(rest)
	}
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
