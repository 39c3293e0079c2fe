// Package pushtest has a browser that subscribes and reads what it is sent, for tests.
package pushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/services/notification/push"
)

// NewKeys makes a key pair of a platform.
func NewKeys(t testing.TB) push.Keys {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return push.Keys{Private: encode(key.Bytes()), Public: encode(key.PublicKey().Bytes())}
}

// Browser is one that has subscribed.
type Browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

// NewBrowser makes one with keys of its own.
func NewBrowser(t testing.TB) Browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth) // never fails
	return Browser{key, auth}
}

// Subscription is what the browser tells of itself, when its push service has it at endpoint.
func (b Browser) Subscription(endpoint string) push.Subscription {
	return push.Subscription{Endpoint: endpoint, P256dh: encode(b.key.PublicKey().Bytes()), Auth: encode(b.auth)}
}

// headerLength is that of salt, record size and length of the key id (RFC 8188 section 2.1).
const headerLength = 16 + 4 + 1

// Decrypt reads a message (RFC 8291).
func (b Browser) Decrypt(body []byte) ([]byte, error) {
	if len(body) < headerLength || len(body) < headerLength+int(body[headerLength-1]) {
		return nil, errors.New("the header is cut short")
	}
	salt, size := body[:16], binary.BigEndian.Uint32(body[16:20])
	sender, record := body[headerLength:headerLength+int(body[20])], body[headerLength+int(body[20]):]
	if uint64(len(record)) > uint64(size) {
		return nil, fmt.Errorf("more than the one record of %d bytes", size)
	}
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, fmt.Errorf("read the sender's key: %w", err)
	}
	shared, err := b.key.ECDH(public)
	if err != nil {
		return nil, fmt.Errorf("agree on a secret: %w", err)
	}
	info := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(sender)
	secret, err := hkdf.Key(sha256.New, shared, b.auth, info, 32)
	if err != nil {
		return nil, fmt.Errorf("derive the input: %w", err)
	}
	key, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, fmt.Errorf("derive the key: %w", err)
	}
	nonce, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, fmt.Errorf("derive the nonce: %w", err)
	}
	return open(key, nonce, record)
}

// open decrypts the last record of a message and takes off its padding (RFC 8188 section 2).
func open(key, nonce, record []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make the cipher: %w", err)
	}
	sealed, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make the cipher: %w", err)
	}
	padded, err := sealed.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	plain, found := strings.CutSuffix(strings.TrimRight(string(padded), "\x00"), "\x02")
	if !found {
		return nil, errors.New("the last record ends without its mark")
	}
	return []byte(plain), nil
}

// Claims verifies who signed a request, as a push service does (RFC 8292): the key is the one with
// which the browser has subscribed.
func Claims(header http.Header, public string) (jwt.RegisteredClaims, error) {
	var claims jwt.RegisteredClaims
	rest, found := strings.CutPrefix(header.Get("Authorization"), "vapid t=")
	token, key, _ := strings.Cut(rest, ", k=")
	if !found || key != public {
		return claims, fmt.Errorf("authorization %q, want one by the key %s", header.Get("Authorization"), public)
	}
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return claims, fmt.Errorf("decode the key: %w", err)
	}
	signer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return claims, fmt.Errorf("read the key: %w", err)
	}
	_, err = jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return signer, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithExpirationRequired())
	return claims, err
}

func encode(value []byte) string { return base64.RawURLEncoding.EncodeToString(value) }
