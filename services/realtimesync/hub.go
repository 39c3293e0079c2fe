package realtimesync

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// hub knows the sockets of this replica by user.
type hub struct {
	perUser int // sockets that one user may hold here

	mu       sync.RWMutex
	users    map[string]map[*session]struct{}
	joined   map[string]struct{} // users of whom newcomers has not told yet
	moved    map[string]struct{} // users of whom takeMoved has not told yet
	draining bool
	open     sync.WaitGroup
}

func newHub(perUser int) *hub {
	return &hub{perUser: perUser, users: map[string]map[*session]struct{}{}, joined: map[string]struct{}{}, moved: map[string]struct{}{}}
}

// join registers a session, which from now on gets its user's frames. If that
// cannot be, it returns how to close the socket instead.
func (h *hub) join(s *session) (refusal *closing) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sessions := h.users[s.user]
	switch {
	case h.draining:
		return &closing{protocol.CloseRestart, "the service restarts, resume elsewhere"}
	case len(sessions) >= h.perUser:
		return &closing{protocol.CloseTooMany, "too many sockets of this user"}
	case sessions == nil:
		sessions = map[*session]struct{}{}
		h.users[s.user] = sessions
	}
	sessions[s] = struct{}{}
	h.joined[s.user], h.moved[s.user] = struct{}{}, struct{}{}
	h.open.Add(1)
	return nil
}

// leave removes a session that joined.
func (h *hub) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.users[s.user], s)
	h.moved[s.user] = struct{}{}
	if len(h.users[s.user]) == 0 {
		delete(h.users, s.user)
	}
	h.open.Done()
}

// online tells whether user has a socket here.
func (h *hub) online(user string) bool { return h.count(user) > 0 }

// count returns how many sockets user has here.
func (h *hub) count(user string) int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.users[user])
}

// busy tells whether anybody has a socket here.
func (h *hub) busy() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.users) > 0
}

// present returns the users who have sockets here.
func (h *hub) present() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Keys(h.users))
}

// newcomers returns the users of whom a session has joined since it was last called.
func (h *hub) newcomers() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	users := slices.Collect(maps.Keys(h.joined))
	clear(h.joined)
	return users
}

// takeMoved returns the users of whom a session has joined or left since it was last called.
func (h *hub) takeMoved() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	users := slices.Collect(maps.Keys(h.moved))
	clear(h.moved)
	return users
}

// devices returns the connections of user here.
func (h *hub) devices(user string) []calls.Device {
	h.mu.RLock()
	defer h.mu.RUnlock()
	devices := make([]calls.Device, 0, len(h.users[user]))
	for s := range h.users[user] {
		devices = append(devices, s.device)
	}
	return devices
}

// introduce tells every connection of user which others there are, here and elsewhere.
func (h *hub) introduce(user string, elsewhere []calls.Device) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.users[user] {
		others := slices.Clone(elsewhere)
		for other := range h.users[user] {
			if other != s {
				others = append(others, other.device)
			}
		}
		s.introduce(others)
	}
}

// queuedBytes is how much waits for clients to read it.
func (h *hub) queuedBytes() (total int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, sessions := range h.users {
		for s := range sessions {
			total += s.inbox.size()
		}
	}
	return total
}

// observe tells every socket of user that the user's changes reach up to head.
func (h *hub) observe(user string, head int64) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.users[user] {
		s.observe(head)
	}
}

// deliver hands f to every socket of user. It never waits.
func (h *hub) deliver(user string, f frame) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.users[user] {
		s.push(f)
	}
}

// drain refuses new sessions and asks the present ones to close, spread evenly over
// window so that their clients do not reconnect all at once. It returns when all
// have left or ctx has ended.
func (h *hub) drain(ctx context.Context, window time.Duration) {
	sessions := h.stopJoining()
	pace := window / time.Duration(max(1, len(sessions)))
	ticker := time.NewTicker(max(pace, time.Microsecond))
	defer ticker.Stop()
	for _, s := range sessions {
		s.close(protocol.CloseRestart, "the service restarts, resume elsewhere")
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
	left := make(chan struct{})
	go func() { h.open.Wait(); close(left) }()
	select {
	case <-ctx.Done():
	case <-left:
	}
}

func (h *hub) stopJoining() []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draining = true
	var sessions []*session
	for _, ofUser := range h.users {
		for s := range ofUser {
			sessions = append(sessions, s)
		}
	}
	return sessions
}
