package auth

import (
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// EmailProofLifetime is how long the link in a mail that verifies an address is good for.
	EmailProofLifetime = 24 * time.Hour
	// emailAudience is the audience of proofs of an address. Access tokens have another, so
	// that neither passes for the other.
	emailAudience = "verify-email"
)

type emailClaims struct {
	Email string `json:"email"`
	jwt.RegisteredClaims
}

// IssueEmailProof signs a token that is mailed to an address: who brings it back reads the
// mail there. It is good for EmailProofLifetime, and for nothing else.
func (k *Keys) IssueEmailProof(userID, email string, now time.Time) (string, error) {
	return k.sign(emailClaims{email, registered(emailAudience, userID, now, now.Add(EmailProofLifetime))})
}

// VerifyEmailProof says of which user's address a token is the proof. One that came too late
// is failure.Expired, any other that is not ours failure.Invalid.
func (k *Keys) VerifyEmailProof(token string, now time.Time) (userID, email string, err error) {
	var c emailClaims
	err = k.verifyMailed(token, emailAudience, now, &c)
	switch {
	case errors.Is(err, errTooLate):
		return "", "", failure.New(failure.Expired, "the link has expired; sign in and have another mail sent")
	case err != nil || c.Subject == "" || c.Email == "":
		return "", "", errNoProof
	}
	return c.Subject, c.Email, nil
}

var errNoProof = failure.InvalidField("token", "is not one that was mailed; sign in and have another mail sent")
