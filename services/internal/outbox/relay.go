// Package outbox keeps events in the database, in the transaction of the change
// that caused them, and relays them to Kafka afterwards: nothing is lost while
// Kafka or the service is down, and each user's events keep their order.
//
// An event may be published more than once, always with the same id, and the first
// appearances of a user's events are in the order of seq.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	// workers is how many shards one relay publishes at a time.
	workers = 4
	// usersPerTurn and eventsPerUser bound what one claim takes: many users a little each,
	// so that one user's thousands of events hold up nobody else's.
	usersPerTurn  = 64
	eventsPerUser = 16
	// publishing bounds the users of a claim whose events are published at the same time.
	publishing = 16
	// batchBytes is where a claim ends early, so that its answer fits into one message to
	// the sidecar: an event may be long, and its JSON grows where it is carried inside JSON.
	batchBytes = 1 << 20
	// lease is how long a claim keeps other relays away.
	lease = 10 * time.Second
	// publishTime bounds the publishing of a batch, and callTime each call to the
	// database: together less than the lease.
	publishTime = 6 * time.Second
	callTime    = 3 * time.Second
	// pollInterval is how soon a worker finds events that no Kick announced: those of a replica
	// that died. Of a shard that is leased when a kick comes, the holder finds the rest.
	pollInterval = 4 * time.Second
	// handedOver bounds the claims that operations made and no worker has taken yet. Once
	// half of them wait, operations claim nothing: they kick, and workers claim many at once.
	handedOver = 4 * workers
	// backlogInterval is how often the backlog is measured.
	backlogInterval = 15 * time.Second
)

// retry spaces out attempts while events cannot be published.
var retry = loop.Backoff{First: 100 * time.Millisecond, Most: 2 * time.Second}

// Publisher is what the relay needs of the sidecar; *dapr.Client has it.
type Publisher interface {
	Publish(ctx context.Context, pubsub, topic string, batch []events.Event) (published int, err error)
}

// Config says what a relay carries from where to where.
type Config struct {
	DB        *store.DB
	Publisher Publisher
	Source    string   // app id, the source of the events
	PubSub    string   // Dapr component
	Topics    []string // every event goes to each of them
	Registry  prometheus.Registerer
}

// Relay publishes the events that wait in a schema's outbox. Any number of relays
// may work on one outbox.
type Relay struct {
	Config
	owner   string
	kick    chan struct{}
	claims  chan *Claim // that operations made
	pace    *pace
	failing atomic.Bool // the last claim could not be published
	metrics metrics
}

// New makes a relay and registers its metrics.
func New(cfg Config) *Relay {
	return &Relay{
		Config:  cfg,
		owner:   uuid.NewString(),
		kick:    make(chan struct{}, workers),
		claims:  make(chan *Claim, handedOver),
		pace:    newPace(),
		metrics: newMetrics(cfg.Registry),
	}
}

// Kick says that an event was committed. It never blocks.
func (r *Relay) Kick() {
	select {
	case r.kick <- struct{}{}:
	default: // all workers have been woken already
	}
}

// Offer returns what an operation passes to the SQL function claim_for to claim, in its own
// transaction, what it adds to the outbox; nil while workers have enough to do. It saves a
// call to the database for each operation. When the answer with the claim is lost, the events
// of that shard wait until the lease is over.
func (r *Relay) Offer() *Offer {
	if r.failing.Load() || len(r.claims) >= handedOver/2 {
		return nil
	}
	return r.offer()
}

// Take has events published that an operation added: those of its claim, or without one, those
// that a worker claims. It does not wait for that.
func (r *Relay) Take(ctx context.Context, claim *Claim) {
	if claim != nil {
		select {
		case r.claims <- claim:
		default: // operations began together when there was room for one
			r.giveBackUnsent(ctx, claim)
		}
	}
	r.Kick()
}

func (r *Relay) giveBackUnsent(ctx context.Context, claim *Claim) {
	if err := r.giveBack(ctx, &settlement{Shard: claim.Shard, Sent: []int64{}}); err != nil {
		slog.WarnContext(ctx, "a claim could not be given back: its events wait until the lease is over", "error", err)
	}
}

// Run relays until ctx ends, notes what was sent up to then, and returns nil.
func (r *Relay) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for range workers {
		work := loop.New(loop.Config{Name: "relay", Interval: pollInterval, Retry: retry, Kicks: r.kick, Pass: r.pass})
		running.Go(func() { _ = work.Run(ctx) }) // always nil
	}
	backlog := loop.New(loop.Config{Name: "backlog", Interval: backlogInterval, Pass: r.measureBacklog})
	running.Go(func() { _ = backlog.Run(ctx) }) // always nil
	running.Wait()
	for len(r.claims) > 0 { // nobody is left who takes them, and another relay need not wait for the leases
		r.giveBackUnsent(ctx, <-r.claims)
	}
	return nil
}

// pass relays what an operation claimed, and then all that waits.
func (r *Relay) pass(ctx context.Context) (more bool, err error) {
	var claimed *Claim
	select {
	case claimed = <-r.claims:
	default:
	}
	err = r.runOnce(ctx, claimed)
	r.failing.Store(err != nil)
	if err != nil {
		r.metrics.failures.Inc()
	}
	return len(r.claims) > 0, err
}

// Offer says for whom an operation may claim, and how much.
type Offer struct {
	Owner   string   `json:"owner"`
	Seconds float64  `json:"seconds"`
	Users   int      `json:"users"`
	PerUser int      `json:"perUser"`
	Bytes   int      `json:"bytes"`
	Resting []string `json:"resting,omitempty"` // users of whom nothing is claimed
}

func (r *Relay) offer() *Offer {
	return &Offer{Owner: r.owner, Seconds: lease.Seconds(), Users: usersPerTurn, PerUser: eventsPerUser, Bytes: batchBytes, Resting: r.pace.resting()}
}

// Claim is what one relay publishes next.
type Claim struct {
	Shard  int       `json:"shard"`
	More   bool      `json:"more"` // other shards wait too
	Events []waiting `json:"events"`
}

type waiting struct {
	Position int64           `json:"position"`
	UserID   string          `json:"userId"`
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Subject  string          `json:"subject"`
	At       time.Time       `json:"at"`
	Data     json.RawMessage `json:"data"`

	TraceParent string `json:"traceparent"` // of the operation that added it
}

// settlement is what became of a claim.
type settlement struct {
	Shard int     `json:"shard"`
	Sent  []int64 `json:"sent"` // positions
}

// runOnce publishes and settles a claim, if there is one, and goes on claiming, publishing and
// settling, one shard after the other, until no shard has events that nobody else is
// publishing, or one could not be published.
func (r *Relay) runOnce(ctx context.Context, next *Claim) error {
	var done *settlement
	for {
		if next == nil {
			var err error
			if next, err = r.exchange(ctx, done); err != nil || next == nil {
				return err
			}
		}
		if next.More {
			r.Kick() // there may be more than one worker can do
		}
		sent, publishErr := r.publish(ctx, next.Events)
		done = &settlement{Shard: next.Shard, Sent: sent}
		if publishErr != nil || ctx.Err() != nil {
			return errors.Join(publishErr, r.giveBack(ctx, done))
		}
		next = nil
	}
}

// exchange settles the claim before, if there was one, and makes the next; nil when
// there is nothing to do.
func (r *Relay) exchange(ctx context.Context, done *settlement) (*Claim, error) {
	args := struct {
		*Offer
		Settle *settlement `json:"settle,omitempty"`
	}{r.offer(), done}
	var next *Claim
	return next, r.call(ctx, "relay", args, &next)
}

// giveBack settles a claim without making another. If that fails, what was sent is
// published once more when the lease is over.
func (r *Relay) giveBack(ctx context.Context, done *settlement) error {
	return r.call(ctx, "relay_settle", map[string]any{"owner": r.owner, "shard": done.Shard, "sent": done.Sent}, nil)
}

// call is a call to the outbox that is finished even when the relay is being stopped:
// otherwise a shard would rest until its lease is over.
func (r *Relay) call(ctx context.Context, op string, args, out any) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	return r.DB.Call(ctx, op, args, out)
}

// publish sends a claim's events to all topics, several users' at the same time and each
// user's in order, and returns the positions of those that every topic acknowledged.
func (r *Relay) publish(ctx context.Context, batch []waiting) (sent []int64, err error) {
	sent = []int64{} // never null in JSON
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	byUser := map[string][]waiting{}
	for _, w := range batch {
		byUser[w.UserID] = append(byUser[w.UserID], w)
	}
	var mu sync.Mutex
	var failures []error
	var users errgroup.Group
	users.SetLimit(publishing)
	for _, events := range byUser {
		users.Go(func() error {
			began := time.Now()
			published, err := r.publishInOrder(ctx, events)
			took := time.Since(began)
			mu.Lock()
			defer mu.Unlock()
			failures = append(failures, err)
			for _, w := range events[:published] {
				sent = append(sent, w.Position)
				r.metrics.lag.Observe(time.Since(w.At).Seconds())
			}
			if rest := r.pace.note(events[0].UserID, published, took); rest > 0 {
				time.AfterFunc(rest, r.Kick)
			}
			return nil
		})
	}
	_ = users.Wait() // failures holds what went wrong
	return sent, errors.Join(failures...)
}

// publishInOrder sends one user's events to all topics at once and returns the length of
// the prefix that every one of them acknowledged.
func (r *Relay) publishInOrder(ctx context.Context, batch []waiting) (published int, err error) {
	outgoing := make([]events.Event, len(batch))
	for i, w := range batch {
		outgoing[i] = events.Event{ID: w.ID, Source: r.Source, Type: w.Type, Subject: w.Subject, UserID: w.UserID, Time: w.At, Data: w.Data, TraceParent: w.TraceParent}
	}
	counts, failures := make([]int, len(r.Topics)), make([]error, len(r.Topics))
	var sending sync.WaitGroup
	for i, topic := range r.Topics {
		sending.Go(func() { counts[i], failures[i] = r.Publisher.Publish(ctx, r.PubSub, topic, outgoing) })
	}
	sending.Wait()
	return slices.Min(append(counts, len(batch))), errors.Join(failures...)
}

func (r *Relay) measureBacklog(ctx context.Context) (more bool, err error) {
	var backlog struct {
		Waiting       float64 `json:"waiting"`
		OldestSeconds float64 `json:"oldestSeconds"`
	}
	if err := r.DB.Call(ctx, "event_backlog", struct{}{}, &backlog); err != nil {
		return false, err
	}
	r.metrics.waiting.Set(backlog.Waiting)
	r.metrics.oldest.Set(backlog.OldestSeconds)
	return false, nil
}
