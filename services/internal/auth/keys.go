package auth

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// TokenLifetime is how long an access token is good for, unless the platform says otherwise.
	TokenLifetime = 15 * time.Minute
	// platform is issuer and audience of access tokens.
	platform = "todoplatform"
	// clockSkew is how far the clocks of two pods may differ.
	clockSkew = 5 * time.Second
)

// Keys is a set of signing keys: the first signs, all verify, so that a new key
// can be put in front while tokens of the old one are still about.
type Keys struct {
	signing string // key id
	private map[string]ed25519.PrivateKey
	public  []jwk // in the order of the set, without private parts
}

// jwk is a JSON Web Key (RFC 7517) for Ed25519 (RFC 8037, section 2).
type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	KeyID     string `json:"kid"`
	Use       string `json:"use,omitempty"`
	Algorithm string `json:"alg,omitempty"`
	X         string `json:"x"`
	D         string `json:"d,omitempty"`
}

type jwkSet struct {
	Keys []jwk `json:"keys"`
}

// ParseKeys reads a JSON Web Key Set of Ed25519 private keys, each with a kid.
func ParseKeys(set []byte) (*Keys, error) {
	var parsed jwkSet
	if err := json.Unmarshal(set, &parsed); err != nil {
		// The cause may quote what it read, and what it read is secret.
		return nil, errors.New("the signing keys are not a JSON Web Key Set")
	}
	if len(parsed.Keys) == 0 {
		return nil, errors.New("the set of signing keys is empty")
	}
	keys := &Keys{signing: parsed.Keys[0].KeyID, private: map[string]ed25519.PrivateKey{}}
	for i, key := range parsed.Keys {
		private, err := key.privateKey()
		if err != nil {
			return nil, fmt.Errorf("signing key %d: %w", i, err)
		}
		if _, taken := keys.private[key.KeyID]; taken {
			return nil, fmt.Errorf("signing key %d: kid %q is used twice", i, key.KeyID)
		}
		keys.private[key.KeyID] = private
		keys.public = append(keys.public, publicJWK(key.KeyID, private))
	}
	return keys, nil
}

func (k jwk) privateKey() (ed25519.PrivateKey, error) {
	if k.KeyType != "OKP" || k.Curve != "Ed25519" || k.KeyID == "" {
		return nil, errors.New(`want kty "OKP", crv "Ed25519" and a kid`)
	}
	seed, err := base64.RawURLEncoding.Strict().DecodeString(k.D)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.New("d is not 32 bytes in base64url: is this a public key?")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func publicJWK(id string, private ed25519.PrivateKey) jwk {
	public := private[ed25519.SeedSize:] // RFC 8032: seed, then public key
	return jwk{KeyType: "OKP", Curve: "Ed25519", KeyID: id, Use: "sig", Algorithm: "EdDSA",
		X: base64.RawURLEncoding.EncodeToString(public)}
}

// GenerateKeys makes a set with one new key, in the form that ParseKeys reads.
func GenerateKeys(keyID string) ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	key := publicJWK(keyID, private)
	key.D = base64.RawURLEncoding.EncodeToString(private.Seed())
	return json.Marshal(jwkSet{Keys: []jwk{key}})
}

// Public returns the JSON Web Key Set with which others verify tokens.
func (k *Keys) Public() ([]byte, error) { return json.Marshal(jwkSet{Keys: k.public}) }

type claims struct {
	SessionID string `json:"sid"`
	jwt.RegisteredClaims
}

// Issue signs an access token for a user's session at now; it is good for lifetime.
func (k *Keys) Issue(userID, sessionID string, now time.Time, lifetime time.Duration) (token string, id Caller, err error) {
	id = Caller{UserID: userID, SessionID: sessionID, Kind: events.ActorPerson, Scopes: sessionScopes(), ExpiresAt: now.Add(lifetime).Truncate(time.Second)}
	token, err = k.sign(claims{sessionID, registered(platform, userID, now, id.ExpiresAt)})
	if err != nil {
		return "", Caller{}, err
	}
	return token, id, nil
}

// registered are the claims that every token of ours has. What it is good for is its audience, so
// that none passes for one of another kind.
func registered(audience, userID string, now, until time.Time) jwt.RegisteredClaims {
	return jwt.RegisteredClaims{
		Issuer: platform, Audience: jwt.ClaimStrings{audience}, Subject: userID,
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(until),
	}
}

// sign makes a token of claims with the key that signs.
func (k *Keys) sign(claims jwt.Claims) (string, error) {
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	unsigned.Header["kid"] = k.signing
	token, err := unsigned.SignedString(k.private[k.signing])
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return token, nil
}

// Verify checks a token at now: EdDSA alone, a key of the set, our issuer and
// audience, not expired, with user and session, in the one spelling that Issue gives.
// What fails is failure.Unauthenticated.
func (k *Keys) Verify(token string, now time.Time) (Caller, error) {
	if isAPIToken(token) {
		return Caller{}, failure.New(failure.Unauthenticated, "this takes the access token of somebody who is signed in, no API token")
	}
	if strings.ContainsAny(token, "\r\n") { // decoders of base64 pass over them
		return Caller{}, refused(errNotOurs)
	}
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, k.verificationKey, parserOptions(platform, now)...)
	if err != nil || c.Subject == "" || c.SessionID == "" {
		return Caller{}, refused(errors.Join(err, errNotOurs))
	}
	return Caller{UserID: c.Subject, SessionID: c.SessionID, Kind: events.ActorPerson, Scopes: sessionScopes(), ExpiresAt: c.ExpiresAt.Time}, nil
}

// parserOptions are what every token of ours is held to.
func parserOptions(audience string, now time.Time) []jwt.ParserOption {
	return []jwt.ParserOption{
		jwt.WithStrictDecoding(), jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(platform), jwt.WithAudience(audience), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(clockSkew), jwt.WithTimeFunc(func() time.Time { return now }),
	}
}

var errNotOurs = errors.New("token refused")

func refused(cause error) error {
	return failure.Wrap(failure.Unauthenticated, cause, "the access token is not valid; sign in again")
}

func (k *Keys) verificationKey(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	private, ok := k.private[id]
	if !ok {
		return nil, fmt.Errorf("unknown key %q", id)
	}
	return private.Public(), nil
}
