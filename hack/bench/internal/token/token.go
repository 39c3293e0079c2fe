// Package token issues access tokens as todo-api does, so that a thousand users need
// not sign in one by one.
package token

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// Lifetime of a token is longer than any run, so that none has to be renewed: sockets
	// are closed when the token of their ticket expires.
	Lifetime = 4 * time.Hour
	// platform is issuer and audience of access tokens.
	platform = "todoplatform"
)

// Issuer signs with the first key of the platform's set.
type Issuer struct {
	id  string
	key ed25519.PrivateKey
}

type claims struct {
	SessionID string `json:"sid"`
	jwt.RegisteredClaims
}

// NewIssuer reads a JSON Web Key Set of Ed25519 private keys (RFC 8037).
func NewIssuer(set []byte) (*Issuer, error) {
	var parsed struct {
		Keys []struct {
			ID   string `json:"kid"`
			Seed string `json:"d"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(set, &parsed); err != nil || len(parsed.Keys) == 0 {
		// The cause may quote what it read, and what it read is secret.
		return nil, errors.New("the signing keys are not a JSON Web Key Set")
	}
	seed, err := base64.RawURLEncoding.DecodeString(parsed.Keys[0].Seed)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.New("the first signing key is not a private key of Ed25519")
	}
	return &Issuer{id: parsed.Keys[0].ID, key: ed25519.NewKeyFromSeed(seed)}, nil
}

// Issue signs an access token for a user's session; it is good from now for Lifetime.
func (i *Issuer) Issue(userID, sessionID string, now time.Time) (string, error) {
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		SessionID: sessionID,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: platform, Audience: jwt.ClaimStrings{platform}, Subject: userID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(Lifetime)),
		},
	})
	unsigned.Header["kid"] = i.id
	signed, err := unsigned.SignedString(i.key)
	if err != nil {
		return "", fmt.Errorf("sign an access token: %w", err)
	}
	return signed, nil
}
