// Package logins plans how the passwords change with which services log in to the database. It is pure: how far
// a change is lies in the set of passwords itself, so that an operator that dies goes on where it was.
//
// PostgreSQL has one password a role, so each schema has two logins that take turns. The other one is given
// passwords, which the database takes up; services switch to it, replica by replica, while both are good; and once no
// replica is left that knows the former one, its passwords are dropped.
package logins

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"time"
)

// Which is one of the two logins of each schema.
type Which string

// The logins. The first has the name of the schema's role.
const (
	First  Which = "first"
	Second Which = "second"
)

func (w Which) other() Which {
	if w == First {
		return Second
	}
	return First
}

// Step is what happened to a set.
type Step string

// The steps of a change, in their order.
const (
	StepNone     Step = ""
	StepAdded    Step = "added"    // the other login gets passwords
	StepSwitched Step = "switched" // services log in by it
	StepDropped  Step = "dropped"  // the former login has no passwords any more
)

// Wanted is what the manifest asks for.
type Wanted struct {
	// Period is the age at which passwords are followed by others. 0: they do not age.
	Period time.Duration
	// Rotate is a request, by any text that was not used before. Empty: none.
	Rotate string
}

// Set is the passwords of both logins.
type Set struct {
	notes
	// Passwords by login and schema. Never logged.
	Passwords map[Which]map[string]string
}

// notes is what is kept beside the passwords.
type notes struct {
	// Current is the login that services use.
	Current Which `json:"current"`
	// Made is when the passwords of a login were made, in seconds since 1970. A login that never had any has none.
	Made map[Which]int64 `json:"made"`
	// Rotated is the request that was last carried out.
	Rotated string `json:"rotated,omitempty"`
}

// KeyNotes is the key of a Secret that holds what is kept beside the passwords, which is no secret.
const KeyNotes = "logins.json"

// secondSuffix follows the name of a schema in the keys of second logins.
const secondSuffix = ".second"

// Key names the key of a Secret that holds a password.
func Key(which Which, schema string) string {
	if which == Second {
		return schema + secondSuffix
	}
	return schema
}

// errNotes quotes nothing of what it read.
var errNotes = errors.New("key " + KeyNotes + " does not tell which logins services use: take the key out, and services use the first again")

// Parse reads a set, in which passwords may be missing, from a Secret. One without notes is new, or of before there
// were any: its passwords count as made now, and every request as carried out.
func Parse(data map[string][]byte, schemas []string, now time.Time, wanted Wanted) (Set, error) {
	set := Set{notes: notes{Current: First, Made: map[Which]int64{First: now.Unix()}, Rotated: wanted.Rotate}, Passwords: map[Which]map[string]string{}}
	if noted, there := data[KeyNotes]; there {
		set.notes = notes{}
		if err := json.Unmarshal(noted, &set.notes); err != nil || set.Made[set.Current] == 0 || (set.Current != First && set.Current != Second) {
			return Set{}, errNotes
		}
	}
	for _, which := range []Which{First, Second} {
		passwords := map[string]string{}
		for _, schema := range schemas {
			if password := string(data[Key(which, schema)]); password != "" {
				passwords[schema] = password
			}
		}
		if len(passwords) > 0 {
			set.Passwords[which] = passwords
		}
	}
	return set, nil
}

// Complete makes the passwords that are missing of logins that services use or are about to, or still may.
func (s Set) Complete(schemas []string) Set {
	completed := s.clone()
	for _, which := range []Which{First, Second} {
		if which != s.Current && len(s.Passwords[which]) == 0 {
			continue
		}
		if completed.Passwords[which] == nil {
			completed.Passwords[which] = map[string]string{}
		}
		for _, schema := range schemas {
			if completed.Passwords[which][schema] == "" {
				completed.Passwords[which][schema] = rand.Text() // needs no escaping anywhere
			}
		}
	}
	return completed
}

// Data writes a set as a Secret holds it. Passwords that were dropped are empty there: a key that is left out stays
// if somebody else has written it, too.
func (s Set) Data(schemas []string) (map[string][]byte, error) {
	noted, err := json.Marshal(s.notes)
	if err != nil {
		return nil, err
	}
	data := map[string][]byte{KeyNotes: noted}
	for which := range s.Made {
		for _, schema := range schemas {
			data[Key(which, schema)] = []byte(s.Passwords[which][schema])
		}
	}
	return data, nil
}

// Uses tells whether a login ever had passwords: whatever the database had of it before then is to go.
func (s Set) Uses(which Which) bool { return s.Made[which] > 0 }

// Rotating tells whether a change is under way.
func (s Set) Rotating() bool { return len(s.Passwords[s.Current.other()]) > 0 }

// Since is when the passwords that services use were made.
func (s Set) Since() time.Time { return time.Unix(s.Made[s.Current], 0) }

// Advance takes the step that is due. Call it when the database carries the set as it is, every replica logs in by
// the current login, and none is left that does not.
func (s Set) Advance(now time.Time, wanted Wanted, schemas []string) (Set, Step) {
	next, other := s.clone(), s.Current.other()
	switch {
	case s.Rotating() && s.Made[other] > s.Made[s.Current]:
		next.Current = other
		return next, StepSwitched
	case s.Rotating():
		delete(next.Passwords, other)
		return next, StepDropped
	case wanted.Rotate != "" && wanted.Rotate != s.Rotated, wanted.Period > 0 && !now.Before(s.Since().Add(wanted.Period)):
		next.Made[other] = max(now.Unix(), s.Made[s.Current]+1) // that it is the newer one says how far the change is
		next.Passwords[other] = map[string]string{}
		for _, schema := range schemas {
			next.Passwords[other][schema] = rand.Text()
		}
		next.Rotated = wanted.Rotate
		return next, StepAdded
	}
	return s, StepNone
}

func (s Set) clone() Set {
	s.Made = maps.Clone(s.Made)
	passwords := map[Which]map[string]string{}
	for which := range s.Passwords {
		passwords[which] = maps.Clone(s.Passwords[which])
	}
	s.Passwords = passwords
	return s
}
