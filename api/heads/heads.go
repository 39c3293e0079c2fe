// Package heads is the form of platform heads: signed statements, one after the other, of where the
// logs of all users stood. The audit service makes them, the operator keeps them where whoever owns
// the database does not reach, and both check them by what is here. It does no I/O.
package heads

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Hash is a SHA-256, written in hexadecimal.
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

// moment is written with milliseconds, always three digits of them.
type moment time.Time

const momentForm = "2006-01-02T15:04:05.000Z"

// MarshalText writes m in UTC.
func (m moment) MarshalText() ([]byte, error) {
	return time.Time(m).UTC().AppendFormat(nil, momentForm), nil
}

// UnmarshalText reads what MarshalText writes.
func (m *moment) UnmarshalText(text []byte) error {
	at, err := time.Parse(momentForm, string(text))
	*m = moment(at)
	return err
}

// Head tells where the logs stood that had changed since the head before.
type Head struct {
	At     time.Time
	Before Hash  // of the head before; zero for the first
	Digest Hash  // SHA-256 over the lines, one a log, each canonical JSON and a line feed, in the order of users
	Lines  int64 // how many
	Number int64 // counts 1, 2, 3, … without gaps
}

// body is a head in canonical JSON (RFC 8785): the members stand in the order of their names.
type body struct {
	At     moment `json:"at"`
	Before Hash   `json:"before"`
	Digest Hash   `json:"digest"`
	Lines  int64  `json:"lines"`
	Number int64  `json:"number"`
}

// Body returns the bytes that are hashed and signed.
func (h Head) Body() []byte {
	encoded, err := json.Marshal(body{moment(h.At), h.Before, h.Digest, h.Lines, h.Number})
	if err != nil {
		panic(err) // of numbers and hashes
	}
	return encoded
}

// ParseBody reads what Body writes, and nothing else.
func ParseBody(text []byte) (Head, error) {
	var b body
	if err := json.Unmarshal(text, &b); err != nil {
		return Head{}, fmt.Errorf("read a head: %w", err)
	}
	head := Head{time.Time(b.At), b.Before, b.Digest, b.Lines, b.Number}
	if !bytes.Equal(head.Body(), text) {
		return Head{}, errors.New("the head is not written as heads are")
	}
	return head, nil
}

// Hash ties the next head to h.
func (h Head) Hash() Hash { return sha256.Sum256(h.Body()) }

// Leads tells whether next is a head that may come right after h.
func (h Head) Leads(next Head) bool { return next.Number == h.Number+1 && next.Before == h.Hash() }

// Signed is a head with the signature of the platform.
type Signed struct {
	Head
	Key       string // id of the key that signed it
	Signature []byte // Ed25519, over Body
}

// line is a signed head in canonical JSON.
type line struct {
	At        moment `json:"at"`
	Before    Hash   `json:"before"`
	Digest    Hash   `json:"digest"`
	Key       string `json:"key"`
	Lines     int64  `json:"lines"`
	Number    int64  `json:"number"`
	Signature []byte `json:"signature"`
}

// Line writes s as a line of a file.
func (s Signed) Line() []byte {
	encoded, err := json.Marshal(line{moment(s.At), s.Before, s.Digest, s.Key, s.Lines, s.Number, s.Signature})
	if err != nil {
		panic(err) // of numbers, hashes and bytes
	}
	return append(encoded, '\n')
}

// ParseLine reads what Line writes, without the line feed, and nothing else.
func ParseLine(text []byte) (Signed, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return Signed{}, fmt.Errorf("read a signed head: %w", err)
	}
	signed := Signed{Head{time.Time(l.At), l.Before, l.Digest, l.Lines, l.Number}, l.Key, l.Signature}
	if !bytes.Equal(signed.Line(), append(bytes.Clone(text), '\n')) {
		return Signed{}, errors.New("the signed head is not written as heads are")
	}
	return signed, nil
}

// ParseLines reads lines of signed heads, as they are kept.
func ParseLines(text []byte) ([]Signed, error) {
	var all []Signed
	for each := range bytes.Lines(text) {
		signed, err := ParseLine(bytes.TrimSuffix(each, []byte("\n")))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(all)+1, err)
		}
		all = append(all, signed)
	}
	return all, nil
}

// Lines writes signed heads as lines.
func Lines(all []Signed) []byte {
	var text []byte
	for _, signed := range all {
		text = append(text, signed.Line()...)
	}
	return text
}

// Signer signs heads.
type Signer struct {
	key     string
	private ed25519.PrivateKey
}

// Sign signs a head.
func (s Signer) Sign(head Head) Signed {
	return Signed{head, s.key, ed25519.Sign(s.private, head.Body())}
}
