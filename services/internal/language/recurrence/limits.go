package recurrence

import (
	"errors"
	"fmt"
)

// What one recurrence may hold. Calendars that people keep have one rule or two, and
// an exception for each occurrence that they moved.
const (
	MaxRules = 20
	MaxDates = 1000 // of RDATE, and of EXDATE
)

// check says which of the bounds a set exceeds, or nil.
func (s Set) check() *Error {
	for _, part := range []struct {
		count, most  int
		name, plural string
	}{
		{len(s.Rules), MaxRules, "RRULE", "rules"},
		{len(s.RDates), MaxDates, "RDATE", "further dates"},
		{len(s.EXDates), MaxDates, "EXDATE", "exceptions"},
	} {
		if part.count > part.most {
			return &Error{
				Part:    part.name,
				Message: fmt.Sprintf("a recurrence may have at most %d %s; this one has %d", part.most, part.plural, part.count),
			}
		}
	}
	return nil
}

// ErrTooMuchWork says that a question to a series was given up. What takes so long are
// rules in seconds or minutes over thousands of years, and never the next occurrence
// of a rule that people use.
var ErrTooMuchWork = errors.New("the recurrence takes too long to work out this far from its start; " +
	"ask for an earlier time, or leave out rules that count in seconds or minutes")

const (
	// maxWork is how many periods, days and units of time one question to a series may
	// look at: 36 years of the slowest rule take a few percent of it.
	maxWork = 2_000_000
	// workPerOccurrence is given back for each occurrence that is found, so that a long
	// list is not too much because it is long.
	workPerOccurrence = 5_000
)

// work is what is left for one question. All rules of a set share it, so that many
// slow rules take no longer than one. Who runs out of it finds nothing more, and the
// question as a whole has to fail.
type work struct{ left int }

func newWork() *work { return &work{left: maxWork} }

func (w *work) spend(steps int) { w.left -= steps }

func (w *work) giveBack() {
	if !w.isSpent() {
		w.left = min(w.left+workPerOccurrence, maxWork)
	}
}

func (w *work) isSpent() bool { return w.left < 0 }

// err is ErrTooMuchWork once all is spent.
func (w *work) err() error {
	if w.isSpent() {
		return ErrTooMuchWork
	}
	return nil
}
