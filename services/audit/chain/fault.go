package chain

import (
	"cmp"
	"fmt"
)

// FaultKind says what is wrong at a place of a log.
type FaultKind string

// Kinds of faults.
const (
	Altered   FaultKind = "altered"   // a record or a hash is not what was appended
	Missing   FaultKind = "missing"   // entries were removed
	Cut       FaultKind = "cut"       // entries were removed from the end
	Swapped   FaultKind = "swapped"   // two entries stand in each other's place
	Moved     FaultKind = "moved"     // an entry stands in another place
	Added     FaultKind = "added"     // an entry was never appended there, or is there twice
	Foreign   FaultKind = "foreign"   // an entry is from the log of another user
	Rewritten FaultKind = "rewritten" // the chain holds, and is not the one whose head was kept elsewhere
)

// Fault is one thing that is wrong with a log.
type Fault struct {
	Kind     FaultKind `json:"kind"`
	Position int64     `json:"position"` // the first that is concerned
	Last     int64     `json:"last"`     // the last; of a swapped entry, where the other belongs
	Seq      int64     `json:"seq,omitempty"`
	Detail   string    `json:"detail"`
}

// String tells the fault to people.
func (f Fault) String() string {
	place := fmt.Sprintf("position %d", f.Position)
	switch {
	case f.Kind == Swapped || f.Kind == Moved:
		place = fmt.Sprintf("positions %d and %d", f.Position, f.Last)
	case f.Last > f.Position:
		place = fmt.Sprintf("positions %d to %d", f.Position, f.Last)
	}
	if f.Seq > 0 {
		place += fmt.Sprintf(" (change %d)", f.Seq)
	}
	return fmt.Sprintf("%s: %s: %s", place, f.Kind, f.Detail)
}

func byPosition(a, b Fault) int {
	return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Last, b.Last))
}

// maxFaults is how many faults a Report tells singly.
const maxFaults = 100

// Report is what became of the verification of a log.
type Report struct {
	Entries int64   `json:"entries"` // that were read
	Head    Head    `json:"head"`    // where they end
	Faults  []Fault `json:"faults"`  // in the order of positions
	Untold  int     `json:"untold"`  // faults besides
}

// Sound tells whether nothing is wrong.
func (r Report) Sound() bool { return len(r.Faults) == 0 }
