package realtimesync

import "sync"

// Bounds of the frames that wait for one socket, or in it for a missing predecessor.
const (
	maxQueued      = 256
	maxQueuedBytes = 1 << 20
)

// queue holds the frames that wait for one socket, in order. It costs nothing while it
// is empty, as most are at most times. What the frames hold is shared with the queues of
// the user's other sockets.
type queue struct {
	filled chan struct{} // holds a token when there may be frames

	mu     sync.Mutex
	frames []frame
	bytes  int
}

func newQueue() *queue { return &queue{filled: make(chan struct{}, 1)} }

// put adds f, or returns false when the queue is full. A frame of any size fits into an
// empty one.
func (q *queue) put(f frame) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	size := len(f.encoded)
	if len(q.frames) >= maxQueued || len(q.frames) > 0 && q.bytes+size > maxQueuedBytes {
		return false
	}
	q.frames, q.bytes = append(q.frames, f), q.bytes+size
	q.signal()
	return true
}

// take removes the first frame; ok is false when there is none.
func (q *queue) take() (f frame, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.frames) == 0 {
		return frame{}, false
	}
	f = q.frames[0]
	q.frames[0] = frame{} // it must not be held by what is left
	q.frames, q.bytes = q.frames[1:], q.bytes-len(f.encoded)
	if len(q.frames) == 0 {
		q.frames = nil
	} else {
		q.signal()
	}
	return f, true
}

// size is how many bytes wait.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes
}

func (q *queue) signal() {
	select {
	case q.filled <- struct{}{}:
	default: // the token is there already
	}
}
