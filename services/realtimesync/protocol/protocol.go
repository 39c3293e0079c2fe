// Package protocol is what realtime-sync and its clients say to each other: JSON frames with a
// "type", and close codes.
//
// There are two ways to connect. Over a WebSocket, frames are text messages: the client opens the
// socket and sends Hello within HelloTimeout. Where WebSockets do not get through, the client asks
// for a stream of Server-Sent Events, with the ticket in the header Authorization and the last
// change that it has in Last-Event-ID; each event's data is a frame, and the last one is Close.
//
// Either way, the server answers with Welcome and then, if the client named the last change it
// has, with every change after it, or with SnapshotRequired if those are too many. From then on it
// sends each change as it happens. Change frames follow each other by exactly
// one seq. A client that sees anything else, or a Head that is not the last seq it
// has, reconnects and resumes.
package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Paths of realtime-sync at the public entry.
const (
	TicketPath = "/realtime/v1/tickets"
	SocketPath = "/realtime/v1/socket"
	StreamPath = "/realtime/v1/events"
)

// Request headers of a stream.
const (
	// TicketScheme stands before the ticket in Authorization. A query would be logged on the way.
	TicketScheme = "Ticket"
	// ResumeHeader holds the seq of the last change that the client has; absent: send only what is new.
	ResumeHeader = "Last-Event-ID"
)

// Limits that both sides rely on.
const (
	// HelloTimeout is how long the server waits for the client's first frame.
	HelloTimeout = 10 * time.Second
	// Heartbeat is how often the server sends Head, some 25 bytes: a replica that holds all
	// the sockets it can sends 2,500 of them a second.
	Heartbeat = 8 * time.Second
	// Silence is how long a client may hear nothing: then the connection is dead, and it
	// should say so and reconnect. One heartbeat may be lost or late.
	Silence = 2*Heartbeat + 2*time.Second
	// MaxReplay is how many missed changes the server replays; beyond, it asks for a snapshot.
	MaxReplay = 500
	// MaxClientFrame bounds a frame from the client, in bytes.
	MaxClientFrame = 64 << 10
)

// CloseCode is the status of a WebSocket's close frame (RFC 6455 section 7.4), and the code of
// Close. The codes from 4000 are this protocol's own.
type CloseCode int

// Close codes, and what the client should do.
const (
	// CloseRestart means that the replica is shutting down and others are there: reconnect at
	// once and resume.
	CloseRestart CloseCode = 1012
	// CloseTryAgain means that the server could not check the ticket or read the
	// change feed: reconnect with back-off and resume.
	CloseTryAgain CloseCode = 1013
	// CloseBadFrame means that the client broke the protocol: do not reconnect before fixing it.
	CloseBadFrame CloseCode = 4400
	// CloseUnauthenticated means that the ticket is unknown, used or expired, or that
	// the session is over: get an access token and a ticket, then resume.
	CloseUnauthenticated CloseCode = 4401
	// CloseSlow means that the client read too slowly and lost its place in the queue: reconnect and resume.
	CloseSlow CloseCode = 4008
	// CloseTooMany means that the user has too many sockets open: close others first.
	CloseTooMany CloseCode = 4429
)

// CloseCodes lists every code.
func CloseCodes() []CloseCode {
	return []CloseCode{CloseRestart, CloseTryAgain, CloseBadFrame, CloseUnauthenticated, CloseSlow, CloseTooMany}
}

// Ticket is the answer to POST TicketPath: one use, until ExpiresAt.
type Ticket struct {
	Ticket    string    `json:"ticket"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Hello is the client's first and only frame.
type Hello struct {
	Type   string  `json:"type"` // "hello"
	Ticket string  `json:"ticket"`
	Resume *Resume `json:"resume,omitempty"` // absent: send only what is new
}

// Resume names the last change that the client has.
type Resume struct {
	Seq int64 `json:"seq"`
}

// Welcome accepts the client. Head is the seq of the user's latest change.
type Welcome struct {
	Type             string `json:"type"` // "welcome"
	Head             int64  `json:"head"`
	HeartbeatSeconds int    `json:"heartbeatSeconds"`
}

// SnapshotRequired tells a client that it must load the user's tasks anew; changes after Head follow.
type SnapshotRequired struct {
	Type   string `json:"type"` // "snapshot_required"
	Head   int64  `json:"head"`
	Reason string `json:"reason"`
}

// Change is one change of the user's data, as the change feed of todo-api holds it.
type Change struct {
	Type   string          `json:"type"` // "change"
	Seq    int64           `json:"seq"`
	Change json.RawMessage `json:"change"`
}

// Reminder is one step in a reminder's life. It has no seq and is not replayed.
type Reminder struct {
	Type     string          `json:"type"`  // "reminder"
	Event    string          `json:"event"` // such as "reminder.sent"
	EventID  string          `json:"eventId"`
	Reminder json.RawMessage `json:"reminder"`
}

// Head is the heartbeat: the seq of the last change sent.
type Head struct {
	Type string `json:"type"` // "head"
	Seq  int64  `json:"seq"`
}

// Presence tells which other connections the user has: after Welcome, and when they change.
type Presence struct {
	Type    string   `json:"type"` // "presence"
	Devices []Device `json:"devices"`
}

// Device is one connection of the user.
type Device struct {
	ID    string    `json:"id"`   // of the session or API token that opened it
	Name  string    `json:"name"` // of the API token, or the User-Agent
	Kind  string    `json:"kind"` // "websocket" or "sse"
	Since time.Time `json:"since"`
}

// Close is the last event of a stream, in place of a WebSocket's close frame.
type Close struct {
	Type   string    `json:"type"` // "close"
	Code   CloseCode `json:"code"`
	Reason string    `json:"reason"`
}

// NewHello makes a Hello; resume is the last change that the client has, nil for none.
func NewHello(ticket string, resume *int64) Hello {
	hello := Hello{Type: "hello", Ticket: ticket}
	if resume != nil {
		hello.Resume = &Resume{Seq: *resume}
	}
	return hello
}

// NewWelcome makes a Welcome.
func NewWelcome(head int64) Welcome {
	return Welcome{Type: "welcome", Head: head, HeartbeatSeconds: int(Heartbeat.Seconds())}
}

// NewSnapshotRequired makes a SnapshotRequired.
func NewSnapshotRequired(head int64, reason string) SnapshotRequired {
	return SnapshotRequired{Type: "snapshot_required", Head: head, Reason: reason}
}

// NewChange makes a Change from the JSON of an events.Change.
func NewChange(seq int64, change json.RawMessage) Change {
	return Change{Type: "change", Seq: seq, Change: change}
}

// EncodeChange returns the JSON of NewChange(seq, change) with the change as the bytes in which
// it came: it may be long, and need not be written anew.
func EncodeChange(seq int64, change []byte) []byte {
	return slices.Concat(fmt.Appendf(nil, `{"type":"change","seq":%d,"change":`, seq), change, []byte("}"))
}

// NewReminder makes a Reminder from the JSON of an events.Reminder.
func NewReminder(event, eventID string, reminder json.RawMessage) Reminder {
	return Reminder{Type: "reminder", Event: event, EventID: eventID, Reminder: reminder}
}

// NewHead makes a Head.
func NewHead(seq int64) Head { return Head{Type: "head", Seq: seq} }

// NewPresence makes a Presence.
func NewPresence(devices []Device) Presence { return Presence{Type: "presence", Devices: devices} }

// NewClose makes a Close.
func NewClose(code CloseCode, reason string) Close {
	return Close{Type: "close", Code: code, Reason: reason}
}

// DecodeHello reads the client's first frame.
func DecodeHello(frame []byte) (Hello, error) {
	var hello Hello
	// The decoder would take other bytes for a letter that stands for them (RFC 6455 section 8.1).
	if !utf8.Valid(frame) || json.Unmarshal(frame, &hello) != nil {
		// What the decoder says names Go's types; this goes to a client.
		return Hello{}, errors.New(`the first frame must be JSON such as {"type":"hello","ticket":"…","resume":{"seq":7}}`)
	}
	switch {
	case hello.Type != "hello":
		return Hello{}, fmt.Errorf("the first frame must have type hello, not %.20q", hello.Type)
	case hello.Ticket == "":
		return Hello{}, fmt.Errorf("hello needs a ticket from POST %s", TicketPath)
	case hello.Resume != nil && hello.Resume.Seq < 0:
		return Hello{}, errors.New("resume.seq must not be negative")
	}
	return hello, nil
}

// DecodeServerFrame reads a frame from the server: a Welcome, SnapshotRequired,
// Change, Reminder, Head, Presence or Close. A frame of another type is nil: clients pass over what
// a newer server may send.
func DecodeServerFrame(frame []byte) (any, error) {
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(frame, &kind); err != nil {
		return nil, fmt.Errorf("decode the frame: %w", err)
	}
	switch kind.Type {
	case "welcome":
		return decode[Welcome](frame)
	case "snapshot_required":
		return decode[SnapshotRequired](frame)
	case "change":
		return decode[Change](frame)
	case "reminder":
		return decode[Reminder](frame)
	case "head":
		return decode[Head](frame)
	case "presence":
		return decode[Presence](frame)
	case "close":
		return decode[Close](frame)
	}
	return nil, nil //nolint:nilnil // see above
}

func decode[T any](frame []byte) (any, error) {
	var out T
	if err := json.Unmarshal(frame, &out); err != nil {
		return nil, fmt.Errorf("decode the frame: %w", err)
	}
	return out, nil
}
