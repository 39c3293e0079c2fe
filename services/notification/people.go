package notification

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

const (
	// rememberPeople and rememberFor bound what is kept in memory of users. For so long another
	// replica's notes may go unseen, which costs a second look at changes and no more.
	rememberPeople = 50_000
	rememberFor    = 10 * time.Minute
	// saveInterval is how often the progress is noted in the database.
	saveInterval = time.Second
	// saveBatch bounds the users of one note.
	saveBatch = 500
)

// person is what the service knows of a user.
type person struct {
	UserID   string `json:"userId"`
	Seq      int64  `json:"seq"`      // up to it all changes are handled
	DayStart string `json:"dayStart"` // HH:MM
	Departed bool   `json:"departed"` // the account was deleted: nothing is kept of it

	// SettingsAsOf is up to which seq the database knows what the person has chosen; nil when the version
	// before, which passes over some of those changes, may have handled some.
	SettingsAsOf *int64 `json:"settingsAsOf"`

	// ArchivedAsOf is up to which seq the database knows of the projects that are archived; nil when
	// the version before, which passes over their changes, may have handled some.
	ArchivedAsOf *int64 `json:"archivedAsOf"`

	// Webhooks are those that are enabled, as of no earlier change than Seq: whoever sees a change of
	// one stores it before the change counts as handled. WebhooksAsOf is nil when the
	// version before, which passes over those changes, may have handled some.
	Webhooks     []listener `json:"webhooks"`
	WebhooksAsOf *int64     `json:"webhooksAsOf"`
}

// people keeps up to which change each user's changes are handled: in memory, and a little
// later in the database. What a crash loses is handled again, which changes nothing.
type people struct {
	db *store.DB

	mu        sync.Mutex
	known     *expirable.LRU[string, person]
	unsaved   map[string]int64 // seq by user
	forgotten int              // how often somebody was
}

func newPeople(db *store.DB) *people {
	return &people{db: db, known: expirable.NewLRU[string, person](rememberPeople, nil, rememberFor), unsaved: map[string]int64{}}
}

// get returns what is known of a user; of a new one, that nothing is handled yet.
func (p *people) get(ctx context.Context, user string) (person, error) {
	p.mu.Lock()
	known, ok := p.known.Get(user)
	forgotten := p.forgotten
	p.mu.Unlock()
	if ok {
		return known, nil
	}
	found, err := p.read(ctx, []string{user})
	if err != nil {
		return person{}, err
	}
	known = person{UserID: user, DayStart: todo.DefaultDayStart, SettingsAsOf: new(int64), ArchivedAsOf: new(int64), WebhooksAsOf: new(int64)}
	if len(found) > 0 {
		known = found[0]
	}
	p.mu.Lock()
	if p.forgotten != forgotten { // what was read may be older than what was stored meanwhile
		p.mu.Unlock()
		return p.get(ctx, user)
	}
	defer p.mu.Unlock()
	known.Seq = max(known.Seq, p.unsaved[user])
	p.known.Add(user, known)
	return known, nil
}

// handled notes that all changes of a user up to seq are handled.
func (p *people) handled(user string, seq int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unsaved[user] = max(p.unsaved[user], seq)
	if known, ok := p.known.Get(user); ok && known.Seq < seq {
		known.Seq = seq
		p.known.Add(user, known)
	}
}

// chose notes what a user has chosen, as of a seq.
func (p *people) chose(ctx context.Context, user string, asOf int64, settings todo.Settings, now time.Time) error {
	args := map[string]any{"userId": user, "settings": settings, "now": now}
	if settings.RemindersBy != nil { // a todo-api of the version before does not know all that there is to choose
		args["asOf"] = asOf
	}
	if err := p.db.Call(ctx, "save_settings", args, nil); err != nil {
		return err
	}
	p.forget(user)
	return nil
}

// unlearned returns the next users after one of whom it is not known what they have chosen.
func (p *people) unlearned(ctx context.Context, after string, limit int) ([]string, error) {
	args := map[string]any{"limit": limit}
	if after != "" {
		args["after"] = after
	}
	var users []string
	err := p.db.Call(ctx, "list_unlearned", args, &users)
	return users, err
}

// hid notes which projects of a user are archived, as of a seq.
func (p *people) hid(ctx context.Context, user string, asOf int64, projects []string) error {
	err := p.db.Call(ctx, "save_archived", map[string]any{"userId": user, "asOf": asOf, "projectIds": projects}, nil)
	if err != nil {
		return err
	}
	p.forget(user)
	return nil
}

// forget has what the database says of a user read anew.
func (p *people) forget(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known.Remove(user)
	p.forgotten++
}

// progress returns up to which seq the changes of users are handled, as catchup.Watch asks.
func (p *people) progress(ctx context.Context, users []string) (map[string]int64, error) {
	found, err := p.read(ctx, users)
	if err != nil {
		return nil, err
	}
	progress := map[string]int64{}
	for _, f := range found {
		progress[f.UserID] = f.Seq
		if f.Departed { // there is nothing left to handle
			progress[f.UserID] = math.MaxInt64
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, user := range users {
		progress[user] = max(progress[user], p.unsaved[user])
	}
	return progress, nil
}

// depart erases all that is known of a user.
func (p *people) depart(ctx context.Context, user string, now time.Time) error {
	p.mu.Lock()
	p.known.Remove(user)
	p.forgotten++
	delete(p.unsaved, user)
	p.mu.Unlock()
	return p.db.Call(ctx, "erase_user", map[string]any{"userId": user, "now": now}, nil)
}

func (p *people) read(ctx context.Context, users []string) ([]person, error) {
	var found []person
	err := p.db.Call(ctx, "get_people", map[string][]string{"userIds": users}, &found)
	return found, err
}

// saveOnce notes the progress of some users in the database. more says that there are others.
func (p *people) saveOnce(ctx context.Context) (more bool, err error) {
	batch, more := p.takeUnsaved()
	if len(batch) == 0 {
		return false, nil
	}
	err = p.db.Call(ctx, "save_progress", map[string][]person{"people": batch}, nil)
	if err != nil {
		p.putBack(batch)
	}
	return more, err
}

// save notes the progress of all users in the database.
func (p *people) save(ctx context.Context) error {
	for {
		if more, err := p.saveOnce(ctx); err != nil || !more {
			return err
		}
	}
}

func (p *people) takeUnsaved() (batch []person, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for user, seq := range p.unsaved {
		if len(batch) == saveBatch {
			return batch, true
		}
		batch = append(batch, person{UserID: user, Seq: seq})
		delete(p.unsaved, user)
	}
	return batch, false
}

func (p *people) putBack(batch []person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range batch {
		p.unsaved[one.UserID] = max(p.unsaved[one.UserID], one.Seq)
	}
}
