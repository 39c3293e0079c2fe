// Package status turns what the steps of a reconciliation found into the conditions
// of a platform.
package status

import (
	"errors"
	"fmt"
	"time"
)

// A step ends in one of four ways: it is done (nil), it is stalled (the user must act),
// it waits for something that comes by itself, or a call failed and is to be retried
// with back-off (any other error).

// ErrNotAsked says that the manifest asks for nothing that the step does, so that there is nothing to tell.
var ErrNotAsked = errors.New("the manifest does not ask for it")

// outcome is an error that carries its condition.
type outcome struct {
	stalled bool
	after   time.Duration
	reason  string
	message string
}

func (o *outcome) Error() string { return o.message }

// recheckStalled is how soon a stalled step is looked at again without a change of the
// manifest or of a watched object: the cause may lie outside the cluster.
const recheckStalled = 30 * time.Second

// Stalled says that the user must act; the message says how.
func Stalled(reason, format string, args ...any) error {
	return &outcome{stalled: true, after: recheckStalled, reason: reason, message: fmt.Sprintf(format, args...)}
}

// Waiting says that the step goes on by itself, to be looked at again after the given
// time unless a watched object changes before.
func Waiting(reason string, after time.Duration, format string, args ...any) error {
	return &outcome{after: after, reason: reason, message: fmt.Sprintf(format, args...)}
}

// IsStalled says whether err asks the user to act.
func IsStalled(err error) bool {
	var o *outcome
	return errors.As(err, &o) && o.stalled
}

// After gives the time after which the step is to be looked at again. It is false for
// errors to be retried with back-off.
func After(err error) (time.Duration, bool) {
	var o *outcome
	if !errors.As(err, &o) {
		return 0, false
	}
	return o.after, true
}
