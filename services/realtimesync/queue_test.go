package realtimesync

import "testing"

// fill puts frames of a size into a queue until it is full.
func fill(q *queue, size int) (frames int) {
	for q.put(frame{seq: int64(frames + 1), encoded: make([]byte, size)}) {
		frames++
	}
	return frames
}

func TestQueueIsBounded(t *testing.T) {
	tests := map[string]struct{ size, want int }{
		"by number":                    {10, maxQueued},
		"by bytes":                     {200 << 10, maxQueuedBytes / (200 << 10)},
		"but takes one frame any size": {2 * maxQueuedBytes, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := newQueue()
			for round := range 2 { // what was taken makes room again
				if got := fill(q, test.size); got != test.want {
					t.Fatalf("round %d: takes %d frames of %d bytes, want %d", round, got, test.size, test.want)
				}
				for seq := int64(1); seq <= int64(test.want); seq++ {
					<-q.filled
					if f, ok := q.take(); !ok || f.seq != seq {
						t.Fatalf("took %d, %v; want %d", f.seq, ok, seq)
					}
				}
			}
			if f, ok := q.take(); ok {
				t.Errorf("took %d from an empty queue", f.seq)
			}
			if cap(q.frames) > 0 {
				t.Error("an empty queue holds memory")
			}
		})
	}
}
