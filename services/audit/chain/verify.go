package chain

import (
	"encoding/json"
	"slices"
)

// maxStrays bounds the entries out of the chain that are looked at together: entries that changed
// places are told as such when they are found among that many.
const maxStrays = 64

// maxPosition is the last position that JSON tells exactly, and more than any log has.
const maxPosition = 1 << 53

// Verifier reads a user's log, entry by entry in the order in which it is kept, and finds what is
// wrong with it. As long as each entry follows from the one before, it keeps nothing but the
// head. Entries that do not are strays: once the chain goes on, or has ended, it finds out where each
// of them belongs.
type Verifier struct {
	user string
	last Head             // at which the log ends at least
	kept map[int64][]Hash // with which the chain has to agree, by position

	good    Head     // up to here all is known
	agreed  int64    // position of the last head that it was compared with
	strays  []stray  // entries that do not follow
	open    int      // how many strays came since the chain broke off
	broken  []region // parts of the chain that strays belong to
	entries int64
	faults  []Fault
	untold  int
}

// stray is an entry that does not follow from the one before.
type stray struct {
	Entry
	malformed bool
	foreign   bool  // it is of another user
	seq       int64 // of the change in it
	after     int64 // the good position after which it came
	nth       int64 // how many strays came before it since then
	belongs   int64 // the position to which it belongs; 0: to none that is known
	from      int64 // where the region begins to which that is
}

// region is a part of the chain between a good head and the next: the entry after end follows from it.
type region struct{ from, end Head }

// NewVerifier makes a verifier of a user's log that says to end at a head. Anchors are heads of
// the log that were kept elsewhere, at any time.
func NewVerifier(user string, end Head, anchors ...Head) *Verifier {
	v := &Verifier{user: user, last: end, kept: map[int64][]Hash{end.Position: {end.Hash}}}
	for _, anchor := range anchors {
		v.kept[anchor.Position] = append(v.kept[anchor.Position], anchor.Hash)
		if anchor.Position > v.last.Position {
			v.last = anchor
		}
	}
	return v
}

// BeginAfter has the log begin after an entry that was dropped for its age. It comes before the first Add.
func (v *Verifier) BeginAfter(dropped Head) {
	v.good = dropped
	v.compare(dropped)
}

// Add reads the next entry.
func (v *Verifier) Add(entry Entry) { v.add(entry, false) }

// add reads the next entry; a malformed one was not written as entries are.
func (v *Verifier) add(entry Entry, malformed bool) {
	v.entries++
	if entry.Position < 1 || entry.Position > maxPosition { // that is no position: it is taken for the one that it comes at
		entry.Position, malformed = v.good.Position+int64(v.open)+1, true
	}
	if v.open > 0 {
		if last := v.strays[len(v.strays)-1]; last.Position > v.good.Position && last.head().leadsTo(entry) {
			v.resume(last.head())
		}
	}
	foreign, seq := v.owner(entry)
	if v.open == 0 && !foreign && v.good.leadsTo(entry) {
		v.good = entry.head()
		v.settled(entry, seq, malformed)
		return
	}
	v.strays = append(v.strays, stray{
		Entry: entry, malformed: malformed, foreign: foreign, seq: seq, after: v.good.Position, nth: int64(v.open),
	})
	v.open++
	if len(v.strays) == maxStrays {
		if entry.Position > v.good.Position {
			v.resume(entry.head())
		}
		v.settle()
	}
}

// resume notes that the chain goes on after a head.
func (v *Verifier) resume(head Head) {
	v.broken = append(v.broken, region{v.good, head})
	v.good, v.open = head, 0
}

// End tells what was found.
func (v *Verifier) End() Report {
	head := v.good
	if reach := v.reach(); reach.Position > v.good.Position {
		v.resume(reach)
	}
	v.settle()
	switch {
	case v.good.Position < v.last.Position:
		v.report(Fault{Kind: Cut, Position: v.good.Position + 1, Last: v.last.Position, Detail: "the log ends before its head"})
	case v.good.Position > v.last.Position:
		v.report(Fault{Kind: Added, Position: v.last.Position + 1, Last: v.good.Position, Detail: "the log goes on after its head"})
	}
	slices.SortFunc(v.faults, byPosition)
	return Report{Entries: v.entries, Head: head, Faults: v.faults, Untold: v.untold}
}

// reach returns how far strays go, within the log.
func (v *Verifier) reach() Head {
	var reach Head
	for _, s := range v.strays {
		if s.Position > reach.Position && s.Position <= v.last.Position {
			reach = s.head()
		}
	}
	if reach.Position == v.last.Position {
		return v.last
	}
	return reach
}

// settled looks at an entry of which it is known that it is the one of its position.
func (v *Verifier) settled(entry Entry, seq int64, malformed bool) {
	v.compare(entry.head())
	if malformed {
		v.report(Fault{Kind: Altered, Position: entry.Position, Last: entry.Position, Seq: seq, Detail: "the entry is not written as entries are"})
	}
}

// owner tells whether an entry is of another user, and which change it holds.
func (v *Verifier) owner(entry Entry) (foreign bool, seq int64) {
	var record struct {
		UserID string `json:"userId"`
		Data   struct {
			Seq int64 `json:"seq"`
		} `json:"data"`
	}
	if err := json.Unmarshal(entry.Record, &record); err != nil {
		return false, 0 // its hash tells what is wrong
	}
	return record.UserID != v.user, record.Data.Seq
}

// compare holds a head of the chain against those that were kept.
func (v *Verifier) compare(head Head) {
	kept := v.kept[head.Position]
	if len(kept) == 0 {
		return
	}
	if slices.ContainsFunc(kept, func(hash Hash) bool { return hash != head.Hash }) {
		v.report(Fault{Kind: Rewritten, Position: v.agreed + 1, Last: head.Position,
			Detail: "the entries follow from each other, but do not lead to the head that was kept"})
	}
	v.agreed = head.Position
}

func (v *Verifier) report(fault Fault) {
	if len(v.faults) == maxFaults {
		v.untold++
		return
	}
	v.faults = append(v.faults, fault)
}

func (v *Verifier) reportIf(fault *Fault) {
	if fault != nil {
		v.report(*fault)
	}
}

// settle finds out where strays belong, and reports what is wrong.
func (v *Verifier) settle() {
	known := make(map[Hash]bool, len(v.strays))
	for _, s := range v.strays {
		known[s.Hash] = true
	}
	for _, r := range v.broken {
		v.repair(r, known)
	}
	v.tellPlaces()
	for _, s := range v.strays {
		switch {
		case s.belongs > 0: // told
		case s.foreign:
			v.report(foreignEntry(s.Position, s.seq))
		default:
			v.report(Fault{Kind: Added, Position: s.Position, Last: s.Position, Seq: s.seq, Detail: "the entry is there twice, or was never appended"})
		}
	}
	v.broken, v.strays, v.open = nil, nil, 0
}

func foreignEntry(position, seq int64) Fault {
	return Fault{Kind: Foreign, Position: position, Last: position, Seq: seq, Detail: "the entry is of another user"}
}

// repair goes through the positions of a region and finds for each the stray that belongs to it;
// known are the hashes of strays.
func (v *Verifier) repair(r region, known map[Hash]bool) {
	before := []Hash{r.from.Hash} // that the entry before may have; none is known after one that is missing
	var suspect, gap *Fault       // that end with the entry before
	for p := r.from.Position + 1; p <= r.end.Position; p++ {
		s, through, hash := v.belonging(p, before, r.end, known)
		if s == nil {
			s = v.claiming(p)
		}
		if s == nil {
			v.convict(suspect, -1)
			if gap == nil {
				gap = &Fault{Kind: Missing, Position: p, Detail: "nothing is there"}
			}
			p = v.nextClaim(p, r.end.Position) - 1
			gap.Last = p
			before, suspect = nil, nil
			continue
		}
		v.reportIf(gap)
		gap = nil
		s.belongs, s.from = p, r.from.Position
		switch {
		case hash != Hash{}:
			v.convict(suspect, through)
			v.settled(Entry{p, hash, s.Record}, s.seq, s.malformed)
			before, suspect = []Hash{hash}, nil
			if s.Position == p && s.Hash != hash && !s.malformed {
				v.convict(&Fault{Kind: Altered, Position: p, Last: p, Seq: s.seq}, 1)
			}
		case s.foreign:
			v.convict(suspect, -1)
			v.report(foreignEntry(p, s.seq))
			before, suspect = nil, nil
		case len(before) == 0: // nothing tells how it was
			before = []Hash{s.Hash}
		case suspect != nil: // nothing tells which of the two it is
			suspect.Last = p
			before = []Hash{s.Hash}
		default:
			suspect = &Fault{Kind: Altered, Position: p, Last: p, Seq: s.seq}
			before = []Hash{s.Hash, Head{p - 1, before[0]}.Next(s.Record).Hash}
		}
	}
	v.convict(suspect, slices.Index(before, r.end.Hash))
	v.reportIf(gap)
}

// convict reports an entry that was altered. What follows from it tells what is genuine of it: the hash
// that it has (0), or the one that its record has (1).
func (v *Verifier) convict(suspect *Fault, genuine int) {
	if suspect == nil {
		return
	}
	switch {
	case suspect.Last > suspect.Position:
		suspect.Detail = "records or hashes are not those that were appended"
	case genuine == 0:
		suspect.Detail = "the record is not the one that was appended"
	case genuine == 1:
		suspect.Detail = "the hash is not the one of the record"
	default:
		suspect.Detail = "record and hash are not those that were appended"
	}
	v.report(*suspect)
}

// belonging finds the stray that follows, at position p, from one of the hashes before: with its
// record it has a hash that is known to be in the chain.
func (v *Verifier) belonging(p int64, before []Hash, end Head, known map[Hash]bool) (found *stray, through int, hash Hash) {
	for through, previous := range before {
		for i := range v.strays {
			s := &v.strays[i]
			if s.foreign || s.belongs > 0 {
				continue
			}
			next := Head{p - 1, previous}.Next(s.Record)
			if next == end || known[next.Hash] {
				return s, through, next.Hash
			}
		}
	}
	return nil, 0, Hash{}
}

// claiming finds the stray that says to be at position p.
func (v *Verifier) claiming(p int64) *stray {
	for i := range v.strays {
		if s := &v.strays[i]; s.Position == p && s.belongs == 0 {
			return s
		}
	}
	return nil
}

// nextClaim returns the first position after p that a stray says to be at, and at most the one after
// last: a log may pretend to be longer than anybody can count.
func (v *Verifier) nextClaim(p, last int64) int64 {
	next := last + 1
	for _, s := range v.strays {
		if s.Position > p && s.Position < next && s.belongs == 0 {
			next = s.Position
		}
	}
	return next
}

// tellPlaces reports the strays that belong to other places than those in which they stand.
func (v *Verifier) tellPlaces() {
	stands := map[int64]int64{}
	seqs := map[int64]int64{}
	for _, s := range v.strays {
		if at := v.standing(s); s.belongs > 0 && at != s.belongs {
			stands[s.belongs] = at
			seqs[s.belongs] = s.seq
		}
	}
	for belongs, at := range stands {
		switch first, second := min(at, belongs), max(at, belongs); {
		case stands[at] == belongs && at < belongs: // told with the other
		case stands[at] == belongs:
			v.report(Fault{Kind: Swapped, Position: first, Last: second, Seq: seqs[first], Detail: "each entry stands in the place of the other"})
		default:
			v.report(Fault{Kind: Moved, Position: belongs, Last: at, Seq: seqs[belongs], Detail: "the entry of the first stands in the place of the second"})
		}
	}
}

// standing tells in whose place a stray stands: that of the position that it says, or, where it
// came out of order, that of which it came in place.
func (v *Verifier) standing(s stray) int64 {
	if s.Position != s.belongs {
		return s.Position
	}
	inOrder := s.after == s.from
	for _, other := range v.strays {
		if other.after == s.after && other.from == s.from && other.belongs > 0 && (other.nth < s.nth) != (other.belongs < s.belongs) && other.nth != s.nth {
			inOrder = false
		}
	}
	if inOrder {
		return s.belongs
	}
	return s.after + 1 + s.nth
}
