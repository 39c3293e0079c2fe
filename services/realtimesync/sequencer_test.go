package realtimesync

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func seqsOf(frames []frame) []int64 {
	var seqs []int64
	for _, f := range frames {
		seqs = append(seqs, f.seq)
	}
	return seqs
}

func TestSequencer(t *testing.T) {
	tests := map[string]struct {
		after      int64
		observed   int64
		offered    []int64
		wantSent   []int64
		wantBehind bool
	}{
		"changes in order pass":                      {after: 4, offered: []int64{5, 6, 7}, wantSent: []int64{5, 6, 7}},
		"the first change of a new user passes":      {after: 0, offered: []int64{1}, wantSent: []int64{1}},
		"a repeated change is dropped":               {after: 4, offered: []int64{5, 5, 4, 6, 5}, wantSent: []int64{5, 6}},
		"changes before the start are dropped":       {after: 4, offered: []int64{1, 4}},
		"a change after a gap waits":                 {after: 4, offered: []int64{6}, wantBehind: true},
		"the missing change releases what waited":    {after: 4, offered: []int64{7, 6, 5}, wantSent: []int64{5, 6, 7}},
		"a second gap holds the rest":                {after: 4, offered: []int64{6, 8, 5}, wantSent: []int64{5, 6}, wantBehind: true},
		"a known head without its changes is behind": {after: 4, observed: 5, wantBehind: true},
		"a head already reached is not behind":       {after: 4, observed: 4},
		"an old head is ignored":                     {after: 4, observed: 2, offered: []int64{5}, wantSent: []int64{5}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSequencer(test.after)
			s.observe(test.observed)
			var sent []int64
			for _, seq := range test.offered {
				sent = append(sent, seqsOf(s.offer(frame{seq: seq}))...)
			}
			if !slices.Equal(sent, test.wantSent) {
				t.Errorf("sent %v, want %v", sent, test.wantSent)
			}
			if s.behind() != test.wantBehind {
				t.Errorf("behind = %v, want %v", s.behind(), test.wantBehind)
			}
		})
	}
}

func TestSequencerHoldsBoundedNumberOfChanges(t *testing.T) {
	s := newSequencer(0)
	const last = 10 * maxHeld
	for seq := int64(2); seq <= last; seq++ {
		s.offer(frame{seq: seq})
	}
	if len(s.held) != maxHeld {
		t.Fatalf("holds %d changes, want %d", len(s.held), maxHeld)
	}
	sent := s.offer(frame{seq: 1})
	if len(sent) != maxHeld+1 || !s.behind() {
		t.Fatalf("after the missing change: %d sent, behind = %v; want %d sent and still behind", len(sent), s.behind(), maxHeld+1)
	}
}

func TestSequencerHoldsBoundedBytes(t *testing.T) {
	s := newSequencer(0)
	const size = 200 << 10
	for range 2 { // what comes twice counts once
		for seq := int64(2); seq <= 50; seq++ {
			s.offer(frame{seq: seq, encoded: make([]byte, size)})
		}
	}
	if want := maxHeldBytes / size; len(s.held) != want || s.heldBytes != want*size {
		t.Fatalf("holds %d changes of %d bytes, want %d", len(s.held), s.heldBytes, want)
	}
	s.offer(frame{seq: 1})
	if s.held != nil || s.heldBytes != 0 || !s.behind() {
		t.Errorf("after the missing change %d bytes are held, behind = %v", s.heldBytes, s.behind())
	}
}

// A change that was held may come again through the feed before its predecessor does.
func TestSequencerForgetsWhatTheFeedBroughtFirst(t *testing.T) {
	s := newSequencer(0)
	s.offer(frame{seq: 2, encoded: []byte("event")})
	s.offer(frame{seq: 1})
	s.offer(frame{seq: 2})
	if s.held != nil || s.heldBytes != 0 || s.last() != 2 {
		t.Errorf("holds %v of %d bytes after change %d", s.held, s.heldBytes, s.last())
	}
}

// However events are shuffled, repeated and lost on their way, reading the change
// feed while behind makes the output complete, free of duplicates and in order.
func TestSequencerConvergesUnderAnyDelivery(t *testing.T) {
	for round := range 2000 {
		random := rand.New(rand.NewPCG(uint64(round), 7))
		start := random.Int64N(20)
		head := start + random.Int64N(600)
		pageSize := 1 + random.Int64N(50)
		s := newSequencer(start)

		var sent []int64
		fill := func(committed int64) {
			for s.behind() {
				page := min(committed, s.last()+pageSize)
				for seq := s.last() + 1; seq <= page; seq++ {
					sent = append(sent, seqsOf(s.offer(frame{seq: seq}))...)
				}
			}
		}
		committed := start
		for _, seq := range delivery(random, head) {
			committed = max(committed, seq)
			sent = append(sent, seqsOf(s.offer(frame{seq: seq}))...)
			if random.IntN(4) == 0 {
				fill(committed)
			}
		}
		s.observe(head) // the periodic check of the position
		fill(head)

		for i, seq := range sent {
			if seq != start+int64(i)+1 {
				t.Fatalf("round %d: frame %d has seq %d after start %d: %v", round, i, seq, start, sent)
			}
		}
		if int64(len(sent)) != head-start {
			t.Fatalf("round %d: %d frames from %d to %d", round, len(sent), start, head)
		}
	}
}

// delivery is a run of the seqs 1..head as a bad network brings them: some lost,
// some repeated, shuffled within a random distance.
func delivery(random *rand.Rand, head int64) []int64 {
	var seqs []int64
	for seq := int64(1); seq <= head; seq++ {
		for range []int{0, 1, 1, 1, 1, 2, 3}[random.IntN(7)] {
			seqs = append(seqs, seq)
		}
	}
	reach := 1 + random.IntN(300)
	for i := range seqs {
		j := min(len(seqs)-1, i+random.IntN(reach))
		seqs[i], seqs[j] = seqs[j], seqs[i]
	}
	return seqs
}
