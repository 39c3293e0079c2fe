// Package signing plans how the keys that sign access tokens and links in mail rotate. It is
// pure: what it needs to know about a rotation lies in the set of keys itself, so that an
// operator that dies goes on where it was.
//
// A new key is added as the last, which verifies and does not sign. Once every replica knows
// it, it is promoted to the first, which signs. Once every replica has it there, the former
// stays for as long as anything that it signed may be good, and is then dropped.
package signing

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
)

const (
	// keepFormer is how long a key verifies after the last replica has signed with it.
	keepFormer = contract.SignedLifetime + time.Hour
	// maxKeys bounds the set: who asks for a rotation all the time waits for former keys to go.
	maxKeys = 5
)

// Set is a JSON Web Key Set (RFC 7517) of Ed25519 private keys (RFC 8037). The first key
// signs, all verify. Services ignore what is written here beyond that.
type Set struct {
	Keys []Key `json:"keys"`
	// Rotated and Revoked are the requests that were last carried out.
	Rotated string `json:"rotated,omitempty"`
	Revoked string `json:"revoked,omitempty"`
}

// Key is one key with the times of its life, in seconds since 1970.
type Key struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	ID        string `json:"kid"`
	Use       string `json:"use,omitempty"`
	Algorithm string `json:"alg,omitempty"`
	X         string `json:"x,omitempty"`
	D         string `json:"d"`
	// Made is when the key was made.
	Made int64 `json:"iat,omitempty"`
	// Since is when the key was promoted.
	Since int64 `json:"nbf,omitempty"`
	// Until is when the key may be dropped, once it does not sign any more.
	Until int64 `json:"exp,omitempty"`
}

// Wanted is what the manifest asks for.
type Wanted struct {
	// Period is the age at which the key that signs is followed by another.
	Period time.Duration
	// Rotate and Revoke are requests, by any text that was not used before. Empty: none.
	Rotate, Revoke string
}

// Role is what a key is good for.
type Role string

// The roles of keys.
const (
	RoleNext    Role = "Next"    // verifies, and is going to sign
	RoleSigning Role = "Signing" // signs and verifies
	RoleFormer  Role = "Former"  // verifies what it has signed
)

// Step is what happened to a set.
type Step string

// The steps of a rotation, in their order.
const (
	StepNone     Step = ""
	StepAdopted  Step = "adopted"  // a key of unknown age counts as made now
	StepAdded    Step = "added"    // a new key verifies
	StepPromoted Step = "promoted" // the new key signs
	StepRetired  Step = "retired"  // nobody signs with the former key any more
	StepDropped  Step = "dropped"  // former keys verify nothing any more
)

// New makes a set of one key. It fulfils every request that was made before.
func New(now time.Time, wanted Wanted) (Set, error) {
	key, err := newKey(now)
	if err != nil {
		return Set{}, err
	}
	key.Since = now.Unix()
	return Set{Keys: []Key{key}, Rotated: wanted.Rotate, Revoked: wanted.Revoke}, nil
}

func newKey(now time.Time) (Key, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make a signing key: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return Key{KeyType: "OKP", Curve: "Ed25519", ID: rand.Text(), Use: "sig", Algorithm: "EdDSA",
		X: encode(public), D: encode(private.Seed()), Made: now.Unix()}, nil
}

// Parse reads a set. Its error quotes nothing of what it read, which is secret.
func Parse(text []byte) (Set, error) {
	var set Set
	if err := json.Unmarshal(text, &set); err != nil || len(set.Keys) == 0 {
		return Set{}, errors.New("is not a JSON Web Key Set with a key")
	}
	known := map[string]bool{"": true}
	for i, key := range set.Keys {
		if known[key.ID] {
			return Set{}, fmt.Errorf("needs a kid of its own for key %d", i)
		}
		known[key.ID] = true
	}
	return set, nil
}

// Material is what services read of the set: the keys and their order.
func (s Set) Material() []Key {
	keys := slices.Clone(s.Keys)
	for i := range keys {
		keys[i].Made, keys[i].Since, keys[i].Until = 0, 0, 0
	}
	return keys
}

// Role tells what the key at an index is good for. A key that somebody else put behind the
// first is a former one: only what was made here comes to sign by itself.
func (s Set) Role(i int) Role {
	switch key := s.Keys[i]; {
	case i == 0:
		return RoleSigning
	case key.Made != 0 && key.Since == 0:
		return RoleNext
	default:
		return RoleFormer
	}
}

// Rotating tells whether replicas have yet to take up keys: the rotation is under way, and
// not only waiting for the end of a former key's time.
func (s Set) Rotating(now time.Time) bool {
	for i, key := range s.Keys {
		role := s.Role(i)
		if role == RoleNext || role == RoleFormer && key.Until <= now.Unix() {
			return true
		}
	}
	return false
}

// Advance takes the step that is due at now, if there is one. settled says that every replica
// has taken up the set as it is, and that none with another one is left: only then may what
// signs or verifies change. Adding a key is always safe.
func (s Set) Advance(now time.Time, wanted Wanted, settled bool) (Set, Step, error) {
	next := s
	next.Keys = slices.Clone(s.Keys)
	if next.Keys[0].Made == 0 {
		next.Keys[0].Made, next.Keys[0].Since = now.Unix(), now.Unix()
		return next, StepAdopted, nil
	}
	if wanted.Revoke != "" && wanted.Revoke != s.Revoked {
		return next.revoke(now, wanted)
	}
	if !settled {
		return s, StepNone, nil
	}
	steps := []struct {
		step Step
		take func(now time.Time) bool
	}{{StepPromoted, next.promote}, {StepRetired, next.retire}, {StepDropped, next.drop}}
	for _, due := range steps {
		if due.take(now) {
			return next, due.step, nil
		}
	}
	asked := wanted.Rotate != "" && wanted.Rotate != s.Rotated
	old := now.Sub(time.Unix(s.Keys[0].Made, 0)) >= wanted.Period
	if !asked && !old || len(s.Keys) >= maxKeys {
		return s, StepNone, nil
	}
	if asked {
		next.Rotated = wanted.Rotate
	}
	return next.add(now)
}

func (s Set) add(now time.Time) (Set, Step, error) {
	key, err := newKey(now)
	if err != nil {
		return Set{}, StepNone, err
	}
	s.Keys = append(s.Keys, key)
	return s, StepAdded, nil
}

// revoke adds a key that was never seen by anybody, and lets the time of all others be over:
// they are dropped as soon as every replica signs with the new one. One that was about to
// sign has signed nothing yet, and goes at once.
func (s Set) revoke(now time.Time, wanted Wanted) (Set, Step, error) {
	var kept []Key
	for i, key := range s.Keys {
		if s.Role(i) != RoleNext {
			key.Until = now.Unix()
			kept = append(kept, key)
		}
	}
	s.Keys, s.Revoked = kept, wanted.Revoke
	return s.add(now)
}

func (s *Set) promote(now time.Time) bool {
	for i, key := range s.Keys {
		if s.Role(i) == RoleNext {
			key.Since = now.Unix()
			s.Keys = append([]Key{key}, slices.Delete(s.Keys, i, i+1)...)
			return true
		}
	}
	return false
}

// retire sets an end to the time of keys that have just signed for the last time.
func (s *Set) retire(now time.Time) bool {
	retired := false
	for i := range s.Keys {
		if s.Role(i) == RoleFormer && s.Keys[i].Until == 0 {
			s.Keys[i].Until, retired = now.Add(keepFormer).Unix(), true
		}
	}
	return retired
}

func (s *Set) drop(now time.Time) bool {
	var kept []Key
	for i, key := range s.Keys {
		if s.Role(i) != RoleFormer || key.Until > now.Unix() {
			kept = append(kept, key)
		}
	}
	dropped := len(kept) < len(s.Keys)
	s.Keys = kept
	return dropped
}
