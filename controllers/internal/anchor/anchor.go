// Package anchor keeps platform heads of the audit log where whoever owns the database does not reach: it
// decides which ones to keep, and whether those that the audit service tells of follow from them.
package anchor

import (
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/api/heads"
)

const (
	// keepNewest is how many heads are kept at least, and keepDays for how many days before that one is: the
	// newest of the day. All of them together take a fourth of what a Secret may hold.
	keepNewest = 100
	keepDays   = 400
)

// Kept are the heads that are kept, in the order of their numbers.
type Kept []heads.Signed

// Newest is the number of the newest head that is kept; 0: none is.
func (k Kept) Newest() int64 {
	if len(k) == 0 {
		return 0
	}
	return k[len(k)-1].Number
}

// DivergenceError says that heads do not follow from those that are kept: the log was tampered with, or the
// database was set back.
type DivergenceError struct{ Detail string }

func (e *DivergenceError) Error() string { return e.Detail }

func diverges(format string, args ...any) error {
	return &DivergenceError{fmt.Sprintf(format, args...)}
}

// Take adds what the audit service tells of: its heads from the newest that is kept on, or only its newest
// where none is. Each has to follow from the one before, and to be signed by one of the keys; if one does not,
// it is a DivergenceError. Of the older ones those go that prove nothing any more: all that they tell of was
// dropped after a retention; 0: nothing ever is.
func (k Kept) Take(found []heads.Signed, keys heads.Keys, retention time.Duration) (Kept, error) {
	if len(k) > 0 {
		last := k[len(k)-1]
		switch {
		case len(found) == 0:
			return nil, diverges("platform head %d is kept, and the audit service has none from there on", last.Number)
		case found[0].Number != last.Number:
			return nil, diverges("platform head %d is kept, and the audit service tells of head %d in its place", last.Number, found[0].Number)
		case found[0].Hash() != last.Hash():
			return nil, diverges("platform head %d is another one than the one that is kept: its hash is %s and was %s", last.Number, found[0].Hash(), last.Hash())
		}
		found = found[1:]
	}
	taken := append(Kept{}, k...)
	for _, head := range found {
		if err := keys.Verify(head); err != nil {
			return nil, diverges("platform head %d does not come from this platform: %v", head.Number, err)
		}
		if len(taken) > 0 && !taken[len(taken)-1].Leads(head.Head) {
			return nil, diverges("platform head %d does not follow from head %d", head.Number, taken.Newest())
		}
		taken = append(taken, head)
	}
	return taken.thinned(retention), nil
}

// thinned keeps the newest heads, and before them the last one of each day, unless it is older than logs are kept.
func (k Kept) thinned(retention time.Duration) Kept {
	newest := max(0, len(k)-keepNewest)
	var daily Kept
	for i, head := range k[:newest] {
		outlived := retention > 0 && head.At.Before(k[len(k)-1].At.Add(-retention))
		if !outlived && dayOf(head) != dayOf(k[i+1]) {
			daily = append(daily, head)
		}
	}
	return append(daily[max(0, len(daily)-keepDays):], k[newest:]...)
}

func dayOf(head heads.Signed) time.Time { return head.At.UTC().Truncate(24 * time.Hour) }
