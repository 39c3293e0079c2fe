package realtimesync

// Bounds of the changes that wait for a missing predecessor. What is beyond comes back
// with the change feed.
const (
	maxHeld      = maxQueued
	maxHeldBytes = maxQueuedBytes
)

// sequencer decides which changes one socket gets and in which order: strictly by
// seq, without gap or duplicate, whatever order, repetition or loss they arrive
// with. It does no I/O: whoever owns it reads the change feed after last() while
// behind() is true, and offers what the feed holds.
type sequencer struct {
	sent int64           // seq of the last change let through
	head int64           // highest seq known to exist
	held map[int64]frame // nil while nothing waits, as nearly always

	heldBytes int
}

func newSequencer(sent int64) *sequencer {
	return &sequencer{sent: sent, head: sent}
}

// last is the seq of the last change let through.
func (s *sequencer) last() int64 { return s.sent }

// behind tells that a change is missing between the last one let through and the head.
func (s *sequencer) behind() bool { return s.sent < s.head }

// observe learns that the user's changes reach up to seq head.
func (s *sequencer) observe(head int64) { s.head = max(s.head, head) }

// offer takes the frame of one change and returns those that are now due, in order.
func (s *sequencer) offer(f frame) []frame {
	s.observe(f.seq)
	if f.seq <= s.sent {
		return nil
	}
	if f.seq > s.sent+1 {
		s.hold(f)
		return nil
	}
	var due []frame
	for ok := true; ok; f, ok = s.held[s.sent+1] {
		due = append(due, f)
		s.sent = f.seq
		s.drop(f.seq)
	}
	return due
}

// hold keeps f until its predecessor has come, if there is room.
func (s *sequencer) hold(f frame) {
	if _, known := s.held[f.seq]; known || len(s.held) >= maxHeld || s.heldBytes+len(f.encoded) > maxHeldBytes {
		return
	}
	if s.held == nil {
		s.held = map[int64]frame{}
	}
	s.held[f.seq] = f
	s.heldBytes += len(f.encoded)
}

// drop forgets what is held of the change seq.
func (s *sequencer) drop(seq int64) {
	s.heldBytes -= len(s.held[seq].encoded)
	delete(s.held, seq)
	if len(s.held) == 0 {
		s.held = nil
	}
}
