package realtimesync

import "github.com/todoplatform/todoplatform/services/realtimesync/protocol"

// startKind says how a socket begins; it labels metrics.
type startKind string

const (
	startLive     startKind = "live"     // with what is new
	startReplay   startKind = "replay"   // with what the client has missed
	startSnapshot startKind = "snapshot" // with a snapshot, as what it missed is too much
)

// start is where a socket's sequence begins.
type start struct {
	kind   startKind
	after  int64 // the first change to send is the one after this
	reason string
}

// startAt decides how to begin for a client whose last change is resume (nil: none
// named) when the user's latest change is head and those up to floor have been forgotten.
func startAt(resume *protocol.Resume, head, floor int64) start {
	switch {
	case resume == nil:
		return start{kind: startLive, after: head}
	case resume.Seq > head:
		return start{kind: startSnapshot, after: head, reason: "the client is ahead of the server"}
	case resume.Seq < floor:
		return start{kind: startSnapshot, after: head, reason: "the changes that were missed are not kept any more"}
	case head-resume.Seq > protocol.MaxReplay:
		return start{kind: startSnapshot, after: head, reason: "too many changes were missed"}
	}
	return start{kind: startReplay, after: resume.Seq}
}
