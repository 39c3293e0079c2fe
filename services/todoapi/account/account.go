// Package account owns who a user is: sign-up, sessions and their tokens.
package account

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// Limits of what a user may enter. Password lengths count characters
// (NIST SP 800-63B section 5.1.1.2), the e-mail limit is that of RFC 5321 section 4.5.3.1.
const (
	MinPasswordLength = 8
	MaxPasswordLength = 128
	maxEmailLength    = 254
	maxZoneLength     = 64
)

// Account is a user as the user sees it.
type Account struct {
	ID    string `json:"id" format:"uuid" doc:"User id"`
	Email string `json:"email" format:"email" doc:"Address the user signs in with, in lower case"`
	Zone  string `json:"zone" example:"Europe/Berlin" doc:"IANA time zone in which the user's days begin and end"`

	EmailVerified bool   `json:"emailVerified" doc:"Whether the user has shown to read the mail of the address"`
	NewEmail      string `json:"newEmail,omitempty" format:"email" doc:"Address that takes the place of email when the link in the mail there is followed"`

	Owner bool `json:"owner" doc:"Whether the user is an owner of the platform, who may do what /admin has"`

	EmailVerificationRequired bool `json:"emailVerificationRequired" doc:"Whether mail waits until the address is verified; see POST /me/verification"`
	TrashDays                 int  `json:"trashDays" doc:"For how many days what was deleted can be restored"`
}

// ParseEmail returns the lower-case form under which an address is stored, so that
// one mailbox cannot sign up twice by changing case.
func ParseEmail(s string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(s))
	if len(email) > maxEmailLength {
		return "", failure.InvalidField("email", "must be at most %d bytes long", maxEmailLength)
	}
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || address.Name != "" {
		return "", failure.InvalidField("email", "must be an e-mail address such as ada@example.org")
	}
	return email, nil
}

// CheckPassword refuses passwords that are too short to resist guessing or too long to hash.
func CheckPassword(password string) error { return checkPassword("password", password) }

// checkPassword is CheckPassword for what a field of a request holds.
func checkPassword(field, password string) error {
	if !utf8.ValidString(password) {
		return failure.InvalidField(field, "must be valid UTF-8")
	}
	length := utf8.RuneCountInString(password)
	if length < MinPasswordLength || length > MaxPasswordLength {
		return failure.InvalidField(field, "must be %d to %d characters long", MinPasswordLength, MaxPasswordLength)
	}
	return nil
}

// ParseZone returns the IANA zone to store for a user; none given means UTC.
func ParseZone(zone string) (string, error) {
	if zone == "" {
		return "UTC", nil
	}
	if len(zone) > maxZoneLength {
		return "", failure.InvalidField("zone", "must be at most %d bytes long", maxZoneLength)
	}
	if _, err := zones.Load(zone); err != nil {
		return "", failure.InvalidField("zone", "%s", err)
	}
	return zone, nil
}
