package heads

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Keys are the public keys that heads are verified by, by their ids.
type Keys map[string]ed25519.PublicKey

// Verify tells why a head was not signed by one of the keys; nil: it was.
func (k Keys) Verify(signed Signed) error {
	public, known := k[signed.Key]
	switch {
	case !known:
		return fmt.Errorf("it is signed with a key %q that is not known", signed.Key)
	case !ed25519.Verify(public, signed.Body(), signed.Signature):
		return fmt.Errorf("its signature is not that of the key %q", signed.Key)
	}
	return nil
}

// jwk is a JSON Web Key (RFC 7517) for Ed25519 (RFC 8037, section 2).
type jwk struct {
	KeyType string `json:"kty"`
	Curve   string `json:"crv"`
	ID      string `json:"kid"`
	X       string `json:"x,omitempty"`
	D       string `json:"d,omitempty"`
}

type jwkSet struct {
	Keys []jwk `json:"keys"`
}

// MarshalJSON writes the keys as a JSON Web Key Set.
func (k Keys) MarshalJSON() ([]byte, error) {
	set := jwkSet{Keys: []jwk{}}
	for _, id := range slices.Sorted(maps.Keys(k)) {
		set.Keys = append(set.Keys, jwk{KeyType: "OKP", Curve: "Ed25519", ID: id, X: base64.RawURLEncoding.EncodeToString(k[id])})
	}
	return json.Marshal(set)
}

// ParseKeys reads a JSON Web Key Set of Ed25519 keys, public or private, of which it returns the public
// parts. Its error quotes nothing of what it read.
func ParseKeys(text []byte) (Keys, error) {
	set, err := parseSet(text)
	if err != nil {
		return nil, err
	}
	keys := Keys{}
	for i, key := range set.Keys {
		if keys[key.ID], err = key.public(); err != nil {
			return nil, fmt.Errorf("key %d %w", i, err)
		}
	}
	return keys, nil
}

// ParseSigner reads the first key of a JSON Web Key Set of Ed25519 private keys: the one that signs.
func ParseSigner(text []byte) (Signer, error) {
	set, err := parseSet(text)
	if err != nil {
		return Signer{}, err
	}
	private, err := set.Keys[0].private()
	if err != nil {
		return Signer{}, fmt.Errorf("key 0 %w", err)
	}
	return Signer{set.Keys[0].ID, private}, nil
}

func parseSet(text []byte) (jwkSet, error) {
	var set jwkSet
	if err := json.Unmarshal(text, &set); err != nil || len(set.Keys) == 0 {
		return jwkSet{}, errors.New("is not a JSON Web Key Set with a key")
	}
	for i, key := range set.Keys {
		if key.KeyType != "OKP" || key.Curve != "Ed25519" || key.ID == "" {
			return jwkSet{}, fmt.Errorf(`key %d needs kty "OKP", crv "Ed25519" and a kid`, i)
		}
	}
	return set, nil
}

func (k jwk) private() (ed25519.PrivateKey, error) {
	seed, err := base64.RawURLEncoding.Strict().DecodeString(k.D)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.New("needs a d of 32 bytes in base64url")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func (k jwk) public() (ed25519.PublicKey, error) {
	if k.D != "" {
		private, err := k.private()
		if err != nil {
			return nil, err
		}
		return ed25519.PublicKey(private[ed25519.SeedSize:]), nil // RFC 8032: seed, then public key
	}
	public, err := base64.RawURLEncoding.Strict().DecodeString(k.X)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return nil, errors.New("needs an x of 32 bytes in base64url")
	}
	return ed25519.PublicKey(public), nil
}
