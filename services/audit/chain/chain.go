// Package chain is the form of an audit log: entries each of which is tied by a hash to all
// before it, and what is wrong with entries that are not. It does no I/O.
package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/todoplatform/todoplatform/api/heads"
)

// Hash ties an entry to all entries before it: SHA-256 over the hash before, the
// position as 8 bytes big-endian, and the entry's record in canonical JSON
// (RFC 8785).
type Hash = heads.Hash

// Head is the end of a chain, or of a part of it. The zero Head is that of an empty log.
type Head struct {
	Position int64 `json:"position"` // number of entries
	Hash     Hash  `json:"hash"`     // of the last entry
}

// Entry is one entry of a user's log.
type Entry struct {
	Position int64           `json:"position"` // counts from 1 for each user, without gaps
	Hash     Hash            `json:"hash"`
	Record   json.RawMessage `json:"record"` // a Record in canonical JSON
}

// Record is what an entry says: one event.
type Record struct {
	UserID  string          `json:"userId"`
	EventID string          `json:"eventId"`
	Type    string          `json:"type"`
	At      time.Time       `json:"at"`
	Data    json.RawMessage `json:"data"` // of the event, unchanged
}

// Canonical returns the bytes of r that are hashed. It fails for data that is no JSON.
func (r Record) Canonical() ([]byte, error) {
	encoded, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(encoded)
}

// Canonical returns an entry whose record was spelled in another way since it was hashed, as
// JSON is on its way through programs, with its record as it was.
func (e Entry) Canonical() (Entry, error) {
	record, err := jcs.Transform(e.Record)
	e.Record = record
	return e, err
}

// Next returns the head of the chain after a record in canonical JSON was appended to head.
func (head Head) Next(record []byte) Head {
	position := head.Position + 1
	sum := sha256.New()
	sum.Write(head.Hash[:])
	sum.Write(binary.BigEndian.AppendUint64(nil, uint64(position))) //nolint:gosec // positions are never negative
	sum.Write(record)
	return Head{Position: position, Hash: Hash(sum.Sum(nil))}
}

// head is the end of a chain of which e is the last entry.
func (e Entry) head() Head { return Head{e.Position, e.Hash} }

// leadsTo tells whether entry is what was appended to head.
func (head Head) leadsTo(entry Entry) bool {
	return entry.Position == head.Position+1 && head.Next(entry.Record) == entry.head()
}
