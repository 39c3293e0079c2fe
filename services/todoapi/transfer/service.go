package transfer

import (
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
)

const (
	// exportsAtOnce and importsAtOnce bound what one replica does at the same time: an export
	// holds a few pages in memory, an import up to some 120 MB.
	exportsAtOnce = 4
	importsAtOnce = 1
	// uploadsAtOnce bounds the files that arrive at the same time to be imported later: each holds
	// a chunk in memory, in some forms.
	uploadsAtOnce = 4
	// retryAfter is when one that was refused may try again.
	retryAfter = 5 * time.Second
)

// Service exports and imports.
type Service struct {
	db       *store.DB
	commands *command.Service
	settings *settings.Service
	readers  map[string]command.Reader // of the commands that an import is made of
	now      func() time.Time

	exports, imports, uploads *gate

	work *loop.Loop // carries out imports in the background
}

// NewService makes the service on db, which writes by commands; now is the clock.
func NewService(db *store.DB, commands *command.Service, settings *settings.Service, now func() time.Time) *Service {
	s := &Service{
		db: db, commands: commands, settings: settings, now: now,
		exports: newGate("exports", exportsAtOnce), imports: newGate("imports", importsAtOnce), uploads: newGate("uploads", uploadsAtOnce),
	}
	s.work = loop.New(loop.Config{Name: "import in the background", Interval: workInterval, Pass: s.takeTurn})
	return s
}

// gate lets in so many at the same time, and one of each user's.
type gate struct {
	name   string
	atMost int

	mu     sync.Mutex
	inside map[string]bool // by user
}

func newGate(name string, atMost int) *gate {
	return &gate{name: name, atMost: atMost, inside: map[string]bool{}}
}

// full tells that there is no room.
func (g *gate) full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.inside) >= g.atMost
}

// enter returns what to call when it is over. Where there is no room it is failure.RateLimited.
func (g *gate) enter(user string) (leave func(), err error) {
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
