package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// EmailProofLifetime is how long the link in a mail is good for. Nothing that the keys sign
	// is good for longer.
	EmailProofLifetime = contract.SignedLifetime
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
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, emailClaims{
		Email: email,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: platform, Audience: jwt.ClaimStrings{emailAudience}, Subject: userID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(EmailProofLifetime)),
		},
	})
	unsigned.Header["kid"] = k.signing
	token, err := unsigned.SignedString(k.private[k.signing])
	if err != nil {
		return "", fmt.Errorf("sign a proof of an address: %w", err)
	}
	return token, nil
}

// VerifyEmailProof says of which user's address a token is the proof. One that came too late
// is failure.Expired, any other that is not ours failure.Invalid.
func (k *Keys) VerifyEmailProof(token string, now time.Time) (userID, email string, err error) {
	if strings.ContainsAny(token, "\r\n") { // decoders of base64 pass over them
		return "", "", errNoProof
	}
	var c emailClaims
	_, err = jwt.ParseWithClaims(token, &c, k.verificationKey, parserOptions(emailAudience, now)...)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenInvalidAudience):
		return "", "", failure.New(failure.Expired, "the link has expired; sign in and have another mail sent")
	case err != nil || c.Subject == "" || c.Email == "":
		return "", "", errNoProof
	}
	return c.Subject, c.Email, nil
}

var errNoProof = failure.InvalidField("token", "is not one that was mailed; sign in and have another mail sent")
