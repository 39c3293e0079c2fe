// Package gate bounds long work: so many at the same time, and one of each user's.
package gate

import (
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// retryAfter is when one that was refused may try again.
const retryAfter = 5 * time.Second

// Gate lets in so many at the same time, and one of each user's.
type Gate struct {
	name   string
	atMost int

	mu     sync.Mutex
	inside map[string]bool // by user
}

// New makes a gate; name is what is let in, in the plural.
func New(name string, atMost int) *Gate {
	return &Gate{name: name, atMost: atMost, inside: map[string]bool{}}
}

// Full tells that there is no room.
func (g *Gate) Full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.inside) >= g.atMost
}

// Enter returns what to call when it is over. Where there is no room it is failure.RateLimited.
func (g *Gate) Enter(user string) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	limit := failure.Limit{Name: g.name, Quota: 1, Window: retryAfter, RetryAfter: retryAfter}
	if g.inside[user] {
		return nil, failure.Exceeds(limit, "one of your %s is still under way; try again when it is over", g.name)
	}
	if len(g.inside) >= g.atMost {
		return nil, failure.Exceeds(limit, "other people's %s are under way; try again in a moment", g.name)
	}
	g.inside[user] = true
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.inside, user)
	}, nil
}
