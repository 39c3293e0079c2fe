package realtimesync

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/loop"
)

const (
	// presenceInterval is the pause in which what happens to a user's connections becomes one frame.
	presenceInterval = time.Second
	// presenceSeldom is the pause between two questions for what happened elsewhere, while nothing does here.
	presenceSeldom = 2 * time.Second
	// presenceRetry is the longest pause between two questions that fail.
	presenceRetry = 10 * time.Second
	// farewellTimeout bounds the last word of a replica that stops.
	farewellTimeout = 2 * time.Second
)

// presence tells each connection which others its user has, here and at other replicas. What
// replicas hold is exchanged through todo-api, for all users at once. It belongs to one goroutine.
type presence struct {
	hub     *hub
	todoAPI calls.Invoker
	lease   time.Duration // after which others take this replica for dead, if it does not ask
	now     func() time.Time

	replica   string // by which others know this one
	since     string // what the last reply said; empty: this replica is new
	asked     time.Time
	untold    map[string]struct{}       // users whose connections here have changed, as others do not know yet
	elsewhere map[string][]calls.Device // of users who have connections here
}

func newPresence(hub *hub, todoAPI calls.Invoker, lease time.Duration) *presence {
	return &presence{
		hub: hub, todoAPI: todoAPI, lease: lease, now: time.Now, replica: uuid.NewString(),
		untold: map[string]struct{}{}, elsewhere: map[string][]calls.Device{},
	}
}

// run keeps connections told until ctx ends, and then tells the other replicas what has left.
func (p *presence) run(ctx context.Context) error {
	retry := loop.Backoff{First: presenceInterval, Most: presenceRetry}
	err := loop.New(loop.Config{Name: "presence", Interval: presenceInterval, Retry: retry, Pass: func(ctx context.Context) (bool, error) {
		return false, p.pass(ctx)
	}}).Run(ctx)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewellTimeout)
	defer cancel()
	if failed := p.pass(last); failed != nil {
		slog.WarnContext(ctx, "other replicas learn by the lease that this one has stopped", "error", failed)
	}
	return err
}

// pass exchanges what has happened, and tells those connections whom it concerns. Those of a user
// learn of each other also while other replicas cannot be reached.
func (p *presence) pass(ctx context.Context) error {
	concerned := map[string]struct{}{}
	for _, user := range p.hub.takeMoved() {
		concerned[user], p.untold[user] = struct{}{}, struct{}{}
	}
	learned, err := p.exchange(ctx)
	for user, devices := range learned {
		if !sameDevices(devices, p.elsewhere[user]) {
			concerned[user] = struct{}{}
		}
		p.elsewhere[user] = devices
	}
	for user := range concerned {
		p.hub.introduce(user, p.elsewhere[user])
	}
	maps.DeleteFunc(p.elsewhere, func(user string, devices []calls.Device) bool {
		return len(devices) == 0 || !p.hub.online(user)
	})
	return err
}

// exchange tells what others do not know yet, and returns what users have elsewhere as far as it
// may have changed. With nothing to tell it asks now and then.
func (p *presence) exchange(ctx context.Context) (learned map[string][]calls.Device, err error) {
	learned = map[string][]calls.Device{}
	idle := p.now().Sub(p.asked) < presenceSeldom || !p.hub.busy()
	for len(p.untold) > 0 || !idle {
		idle = true
		told := p.nextUntold()
		reply, err := calls.SharePresence.Call(ctx, p.todoAPI, calls.SharePresenceRequest{
			Replica: p.replica, LeaseSeconds: int(p.lease.Seconds()), Since: p.since, Users: told,
		})
		if err != nil {
			return learned, err
		}
		p.asked = p.now()
		if reply.Lost {
			p.startAnew()
			continue
		}
		p.since = reply.Since
		for _, user := range told {
			delete(p.untold, user.UserID)
		}
		for _, user := range reply.Users {
			learned[user.UserID] = user.Devices
		}
	}
	return learned, nil
}

// nextUntold returns as many users as may be told of at once.
func (p *presence) nextUntold() []calls.UserPresence {
	users := make([]calls.UserPresence, 0, min(len(p.untold), calls.MaxSharedUsers))
	for user := range p.untold {
		if len(users) == calls.MaxSharedUsers {
			break
		}
		users = append(users, calls.UserPresence{UserID: user, Devices: p.hub.devices(user)})
	}
	return users
}

// startAnew has everybody who is here told of as by a new replica.
func (p *presence) startAnew() {
	p.replica, p.since = uuid.NewString(), ""
	clear(p.untold)
	for _, user := range p.hub.present() {
		p.untold[user] = struct{}{}
	}
}

// sameDevices compares two lists, in whatever order they are.
func sameDevices(a, b []calls.Device) bool {
	if len(a) != len(b) {
		return false
	}
	for _, device := range a {
		if !slices.ContainsFunc(b, func(other calls.Device) bool {
			return device.ID == other.ID && device.Kind == other.Kind && device.Name == other.Name && device.Since.Equal(other.Since)
		}) {
			return false
		}
	}
	return true
}
