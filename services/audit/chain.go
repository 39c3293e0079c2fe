package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Hash ties an entry to all entries before it: SHA-256 over the hash before, the
// position as 8 bytes big-endian, and the entry's record in canonical JSON
// (RFC 8785).
type Hash [sha256.Size]byte

// String writes h in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes h in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	if err != nil || len(decoded) != len(h) {
		return fmt.Errorf("a hash has %d hexadecimal digits, not %q", 2*len(h), text)
	}
	copy(h[:], decoded)
	return nil
}

// Head is the end of a chain, or of a part of it. The zero Head is that of an empty log.
type Head struct {
	Position int64 `json:"position"` // number of entries
	Hash     Hash  `json:"hash"`     // of the last entry
}

// Entry is one entry of a user's log.
type Entry struct {
	Position int64           `json:"position"` // counts from 1 for each user, without gaps
	Hash     Hash            `json:"hash"`
	Record   json.RawMessage `json:"record"` // the JSON of a Record
}

// Record is what an entry says: one event.
type Record struct {
	UserID  string          `json:"userId"`
	EventID string          `json:"eventId"`
	Type    string          `json:"type"`
	At      time.Time       `json:"at"`
	Data    json.RawMessage `json:"data"` // of the event, unchanged
}

// canonical returns the bytes of r that are hashed. Data that is no JSON is failure.Invalid.
func (r Record) canonical() ([]byte, error) {
	encoded, err := json.Marshal(r)
	if err != nil {
		return nil, failure.Wrap(failure.Invalid, err, "encode event "+r.EventID)
	}
	body, err := jcs.Transform(encoded)
	return body, failure.Wrap(failure.Invalid, err, "bring event "+r.EventID+" into canonical form")
}

// next returns the head of the chain after body was appended to head.
func (head Head) next(body []byte) Head {
	position := head.Position + 1
	sum := sha256.New()
	sum.Write(head.Hash[:])
	sum.Write(binary.BigEndian.AppendUint64(nil, uint64(position))) //nolint:gosec // positions are never negative
	sum.Write(body)
	return Head{Position: position, Hash: Hash(sum.Sum(nil))}
}

// BrokenError says where a log does not hold together.
type BrokenError struct {
	Position int64
	Reason   string
}

// Error returns the place and what is wrong there.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("the log is broken at position %d: %s", e.Position, e.Reason)
}

// Verify recomputes the chain of user's entries that follow head and returns the
// head after them. An entry that was changed, removed, added, moved or taken from
// another user is a *BrokenError. Whether the end was cut off shows only by
// comparing the returned head with one kept elsewhere.
func Verify(user string, head Head, entries []Entry) (Head, error) {
	for _, entry := range entries {
		want := head.Position + 1
		if entry.Position != want {
			return head, &BrokenError{want, fmt.Sprintf("the next entry has position %d", entry.Position)}
		}
		body, err := jcs.Transform(entry.Record)
		if err != nil {
			return head, &BrokenError{want, "the record is not JSON"}
		}
		var record Record
		if err := json.Unmarshal(body, &record); err != nil || record.UserID != user {
			return head, &BrokenError{want, "the record belongs to another user"}
		}
		next := head.next(body)
		if !bytes.Equal(next.Hash[:], entry.Hash[:]) {
			return head, &BrokenError{want, "the hash does not match the record and the entries before"}
		}
		head = next
	}
	return head, nil
}
