package chain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// headOf returns the head of entries.
func headOf(entries []Entry) Head {
	if len(entries) == 0 {
		return Head{}
	}
	return entries[len(entries)-1].head()
}

func verify(end Head, entries []Entry, anchors ...Head) Report {
	v := NewVerifier(user, end, anchors...)
	for _, entry := range entries {
		v.Add(entry)
	}
	return v.End()
}

// flipped returns text with a bit of one byte flipped.
func flipped(text []byte, at int) []byte {
	text = bytes.Clone(text)
	text[at] ^= 1
	return text
}

// swapRecords swaps what two rows of a table hold, and leaves their positions.
func swapRecords(e []Entry, i, j int) {
	e[i].Record, e[j].Record, e[i].Hash, e[j].Hash = e[j].Record, e[i].Record, e[j].Hash, e[i].Hash
}

// rehash makes the chain from an entry on hold again.
func rehash(e []Entry, from int) []Entry {
	for i := from; i < len(e); i++ {
		next := headOf(e[:i]).Next(e[i].Record)
		e[i].Position, e[i].Hash = next.Position, next.Hash
	}
	return e
}

func fault(kind FaultKind, position, last int64) Fault {
	return Fault{Kind: kind, Position: position, Last: last}
}

// what compares faults by what and where they are.
var what = cmp.Options{cmpopts.IgnoreFields(Fault{}, "Seq", "Detail"), cmpopts.EquateEmpty()}

func TestFaultsAreNamed(t *testing.T) {
	foreign := chainOf(t, stranger, 9)
	tests := map[string]struct {
		tamper func([]Entry) []Entry
		want   []Fault
	}{
		"nothing":                           {func(e []Entry) []Entry { return e }, nil},
		"a flipped byte":                    {func(e []Entry) []Entry { e[2].Record = flipped(e[2].Record, 20); return e }, []Fault{fault(Altered, 3, 3)}},
		"a flipped byte in a hash":          {func(e []Entry) []Entry { e[2].Hash[7] ^= 1; return e }, []Fault{fault(Altered, 3, 3)}},
		"a flipped byte in the last record": {func(e []Entry) []Entry { e[8].Record = flipped(e[8].Record, 20); return e }, []Fault{fault(Altered, 9, 9)}},
		"a flipped byte in the last hash":   {func(e []Entry) []Entry { e[8].Hash[7] ^= 1; return e }, []Fault{fault(Altered, 9, 9)}},
		"a record that is no JSON":          {func(e []Entry) []Entry { e[3].Record = json.RawMessage(`{`); return e }, []Fault{fault(Altered, 4, 4)}},
		"two flipped bytes, apart": {func(e []Entry) []Entry {
			e[1].Record, e[6].Record = flipped(e[1].Record, 20), flipped(e[6].Record, 20)
			return e
		}, []Fault{fault(Altered, 2, 2), fault(Altered, 7, 7)}},
		"two flipped bytes, side by side: which it is cannot be told": {func(e []Entry) []Entry {
			e[1].Record, e[2].Record = flipped(e[1].Record, 20), flipped(e[2].Record, 20)
			return e
		}, []Fault{fault(Altered, 2, 3)}},
		"a removed row":          {func(e []Entry) []Entry { return slices.Delete(e, 2, 3) }, []Fault{fault(Missing, 3, 3)}},
		"the first rows removed": {func(e []Entry) []Entry { return e[2:] }, []Fault{fault(Missing, 1, 2)}},
		"rows removed in two places": {func(e []Entry) []Entry { return append(append(e[:1:1], e[3:5]...), e[6:]...) },
			[]Fault{fault(Missing, 2, 3), fault(Missing, 6, 6)}},
		"a removed row, positions closed up": {func(e []Entry) []Entry {
			e = slices.Delete(e, 2, 3)
			for i := range e {
				e[i].Position = int64(i + 1)
			}
			return e
		}, []Fault{fault(Altered, 3, 8), fault(Cut, 9, 9)}},
		"a removed row, hashes made anew": {func(e []Entry) []Entry { return rehash(slices.Delete(e, 2, 3), 2) },
			[]Fault{fault(Cut, 9, 9)}},
		"a changed record, hashes made anew": {func(e []Entry) []Entry {
			e[2].Record = flipped(e[2].Record, 20)
			return rehash(e, 2)
		}, []Fault{fault(Rewritten, 1, 9)}},
		"a swapped pair of rows":           {func(e []Entry) []Entry { swapRecords(e, 1, 2); return e }, []Fault{fault(Swapped, 2, 3)}},
		"a swapped pair of rows, apart":    {func(e []Entry) []Entry { swapRecords(e, 1, 6); return e }, []Fault{fault(Swapped, 2, 7)}},
		"a swapped pair of records":        {func(e []Entry) []Entry { e[1].Record, e[2].Record = e[2].Record, e[1].Record; return e }, []Fault{fault(Swapped, 2, 3)}},
		"a swapped pair of lines":          {func(e []Entry) []Entry { e[1], e[2] = e[2], e[1]; return e }, []Fault{fault(Swapped, 2, 3)}},
		"a swapped pair of lines, apart":   {func(e []Entry) []Entry { e[1], e[6] = e[6], e[1]; return e }, []Fault{fault(Swapped, 2, 7)}},
		"the first and last lines swapped": {func(e []Entry) []Entry { e[0], e[8] = e[8], e[0]; return e }, []Fault{fault(Swapped, 1, 9)}},
		"a line moved to later": {func(e []Entry) []Entry { return append(append(e[:1:1], e[2:6]...), e[1], e[6], e[7], e[8]) },
			[]Fault{fault(Moved, 2, 7)}},
		"a cut tail":        {func(e []Entry) []Entry { return e[:6] }, []Fault{fault(Cut, 7, 9)}},
		"all of it removed": {func([]Entry) []Entry { return nil }, []Fault{fault(Cut, 1, 9)}},
		"a cut tail after a flipped byte": {func(e []Entry) []Entry { e[5].Record = flipped(e[5].Record, 20); return e[:6] },
			[]Fault{fault(Altered, 6, 6), fault(Cut, 7, 9)}},
		"a repeated row":       {func(e []Entry) []Entry { return slices.Insert(e, 2, e[1]) }, []Fault{fault(Added, 2, 2)}},
		"a row after the head": {func(e []Entry) []Entry { return append(e, Entry{Position: 10, Record: e[0].Record}) }, []Fault{fault(Added, 10, 10)}},
		"a chained row after the head": {func(e []Entry) []Entry { return rehash(append(e, Entry{Record: e[0].Record}), 9) },
			[]Fault{fault(Added, 10, 10)}},
		"a foreign row in place of one": {func(e []Entry) []Entry { e[3] = foreign[3]; return e }, []Fault{fault(Foreign, 4, 4)}},
		"a foreign row besides":         {func(e []Entry) []Entry { return slices.Insert(e, 3, foreign[3]) }, []Fault{fault(Foreign, 4, 4)}},
		"a foreign row, hashes made anew": {func(e []Entry) []Entry { e[3].Record = foreign[3].Record; return rehash(e, 3) },
			[]Fault{fault(Rewritten, 1, 9), fault(Foreign, 4, 4)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			entries := chainOf(t, user, 9)
			end := headOf(entries)
			report := verify(end, test.tamper(entries))
			if diff := cmp.Diff(test.want, report.Faults, what); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if report.Sound() != (len(test.want) == 0) {
				t.Errorf("sound: %v", report.Sound())
			}
		})
	}
}

// Any fault of a kind, at any place of any chain, is found there and nowhere else.
func TestEveryFaultIsFoundWhereItIs(t *testing.T) {
	foreign := chainOf(t, stranger, 90)
	faults := map[string]func(random *rand.Rand, e []Entry) ([]Entry, Fault){
		"a flipped bit of a record": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			i := random.IntN(len(e))
			e[i].Record = flipped(e[i].Record, random.IntN(len(e[i].Record)-80)) // not in the id of the user: that one is foreign
			return e, fault(Altered, int64(i+1), int64(i+1))
		},
		"a flipped bit of a hash": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			i := random.IntN(len(e))
			e[i].Hash[random.IntN(32)] ^= 1 << random.IntN(8)
			return e, fault(Altered, int64(i+1), int64(i+1))
		},
		"removed rows": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			i := random.IntN(len(e) - 1)
			n := 1 + random.IntN(len(e)-i-1)
			return slices.Delete(e, i, i+n), fault(Missing, int64(i+1), int64(i+n))
		},
		"a swapped pair of rows": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			pair := random.Perm(len(e))[:2]
			slices.Sort(pair)
			swapRecords(e, pair[0], pair[1])
			return e, fault(Swapped, int64(pair[0]+1), int64(pair[1]+1))
		},
		"a swapped pair of lines": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			pair := random.Perm(len(e))[:2]
			slices.Sort(pair)
			e[pair[0]], e[pair[1]] = e[pair[1]], e[pair[0]]
			return e, fault(Swapped, int64(pair[0]+1), int64(pair[1]+1))
		},
		"a cut tail": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			i := random.IntN(len(e))
			return e[:i], fault(Cut, int64(i+1), int64(len(e)))
		},
		"a foreign row": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			i := random.IntN(len(e))
			e[i] = foreign[i]
			return e, fault(Foreign, int64(i+1), int64(i+1))
		},
		"a row twice": func(random *rand.Rand, e []Entry) ([]Entry, Fault) {
			i := random.IntN(len(e))
			return slices.Insert(e, i+1, e[i]), fault(Added, int64(i+1), int64(i+1))
		},
	}
	for name, make := range faults {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(300) {
				random := rand.New(rand.NewPCG(seed, 0))
				entries := chainOf(t, user, 2+random.IntN(60))
				end := headOf(entries)
				tampered, want := make(random, entries)
				if diff := cmp.Diff([]Fault{want}, verify(end, tampered).Faults, what); diff != "" {
					t.Fatalf("seed %d, %d entries (-want +got):\n%s", seed, end.Position, diff)
				}
			}
		})
	}
}

// Several faults at once are never all overlooked.
func TestManyFaultsAreNeverSound(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 1))
		entries := chainOf(t, user, 10+random.IntN(190))
		end := headOf(entries)
		for range 1 + random.IntN(90) {
			i, j := random.IntN(len(entries)), random.IntN(len(entries))
			switch random.IntN(3) {
			case 0:
				entries[i].Record = flipped(entries[i].Record, 20)
			case 1:
				entries = slices.Delete(entries, i, i+1)
			case 2:
				swapRecords(entries, i, j)
			}
			if len(entries) == 0 {
				break
			}
		}
		untouched := cmp.Equal(entries, chainOf(t, user, int(end.Position)))
		if report := verify(end, entries); report.Sound() != untouched {
			t.Fatalf("seed %d: %+v", seed, report)
		}
	}
}

func TestAnchorsTellWhereALogWasRewritten(t *testing.T) {
	entries := chainOf(t, user, 9)
	anchors := []Head{entries[1].head(), entries[5].head()}
	entries[3].Record = flipped(entries[3].Record, 20)
	rehash(entries, 3)
	report := verify(headOf(entries), entries, anchors...)
	if diff := cmp.Diff([]Fault{fault(Rewritten, 3, 6)}, report.Faults, what); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	cut := verify(entries[3].head(), entries[:4], chainOf(t, user, 9)[8].head())
	if diff := cmp.Diff([]Fault{fault(Cut, 5, 9)}, cut.Faults, what); diff != "" {
		t.Errorf("cut together with its head (-want +got):\n%s", diff)
	}
}

func TestALogThatIsAllWrongIsToldInBounds(t *testing.T) {
	entries := chainOf(t, stranger, 1000)
	report := verify(headOf(entries), entries)
	if len(report.Faults) != maxFaults || report.Untold != 1000-maxFaults {
		t.Errorf("%d faults and %d besides", len(report.Faults), report.Untold)
	}
}

// A log may pretend to go on far away: that is told without counting up to there.
func TestALogThatPretendsToBeEndlessIsToldInBounds(t *testing.T) {
	for _, far := range []int64{1 << 52, maxPosition, 1<<63 - 3} {
		entries := chainOf(t, user, 5)
		for i := range int64(2) {
			next := Head{far + i, headOf(entries).Hash}.Next(entries[0].Record)
			entries = append(entries, Entry{next.Position, next.Hash, entries[0].Record})
		}
		for _, end := range []Head{entries[4].head(), headOf(entries)} {
			if report := verify(end, entries); report.Sound() {
				t.Errorf("position %d, head at %d: sound", far, end.Position)
			}
		}
	}
}

func TestFaultsTellTheChange(t *testing.T) {
	entries := chainOf(t, user, 5)
	end := headOf(entries)
	entries[2].Record = json.RawMessage(strings.Replace(string(entries[2].Record), "event-3", "event-4", 1))
	got := fmt.Sprint(verify(end, entries).Faults)
	if want := "[position 3 (change 3): altered: the record is not the one that was appended]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Entries that were dropped for their age are missed by nobody; what was done to the rest is found as ever.
func TestALogMayBeginLater(t *testing.T) {
	tests := map[string]struct {
		tamper func([]Entry) []Entry
		want   []Fault
	}{
		"nothing":                     {func(e []Entry) []Entry { return e }, nil},
		"one more is gone":            {func(e []Entry) []Entry { return e[1:] }, []Fault{fault(Missing, 4, 4)}},
		"all of it is gone":           {func([]Entry) []Entry { return nil }, []Fault{fault(Cut, 4, 9)}},
		"a flipped byte of the first": {func(e []Entry) []Entry { e[0].Record = flipped(e[0].Record, 20); return e }, []Fault{fault(Altered, 4, 4)}},
		"one that was dropped":        {func(e []Entry) []Entry { return append(chainOf(t, user, 3)[2:], e...) }, []Fault{fault(Added, 3, 3)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			entries := chainOf(t, user, 9)
			v := NewVerifier(user, headOf(entries), entries[1].head(), entries[2].head())
			v.BeginAfter(entries[2].head())
			for _, entry := range test.tamper(entries[3:]) {
				v.Add(entry)
			}
			if diff := cmp.Diff(test.want, v.End().Faults, what); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("at another place than was kept", func(t *testing.T) {
		entries := chainOf(t, user, 9)
		v := NewVerifier(user, headOf(entries), Head{3, Hash{1}})
		v.BeginAfter(entries[2].head())
		for _, entry := range entries[3:] {
			v.Add(entry)
		}
		if diff := cmp.Diff([]Fault{fault(Rewritten, 1, 3)}, v.End().Faults, what); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("and be empty", func(t *testing.T) {
		end := headOf(chainOf(t, user, 3))
		v := NewVerifier(user, end)
		v.BeginAfter(end)
		if report := v.End(); !report.Sound() || report.Head != end {
			t.Errorf("got %+v", report)
		}
	})
}
