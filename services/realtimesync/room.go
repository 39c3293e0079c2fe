package realtimesync

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// tryAgainAfter is when a client that found no room may try again.
const tryAgainAfter = 5 * time.Second

// Reasons for having no room; label values of metrics.
const (
	reasonFull   = "full"   // as many sockets as a replica may hold
	reasonMemory = "memory" // its memory nears the limit
)

// room bounds what a replica takes upon itself: better to refuse a socket than to lose
// all for want of memory.
type room struct {
	slots   chan struct{}
	memory  *memory
	refused *prometheus.CounterVec
}

// check returns failure.Unavailable when there is no room for one more socket.
func (r *room) check() error {
	if len(r.slots) >= cap(r.slots) {
		return r.refuse(reasonFull)
	}
	return r.checkMemory()
}

func (r *room) checkMemory() error {
	if r.memory.short() {
		return r.refuse(reasonMemory)
	}
	return nil
}

// enter takes the place of one socket, until leave, or says why there is none.
func (r *room) enter() error {
	if err := r.checkMemory(); err != nil {
		return err
	}
	select {
	case r.slots <- struct{}{}:
		return nil
	default:
		return r.refuse(reasonFull)
	}
}

func (r *room) leave() { <-r.slots }

func (r *room) refuse(reason string) error {
	r.refused.WithLabelValues(reason).Inc()
	return failure.New(failure.Unavailable, "this replica holds as many sockets as it can; try again")
}

// setRetryAfter tells an HTTP client when to try again.
func setRetryAfter(set func(name, value string)) {
	set("Retry-After", strconv.Itoa(int(tryAgainAfter.Seconds())))
}
