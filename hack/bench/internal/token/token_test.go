package token

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestIssuedTokenCarriesUserAndSession(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	set := fmt.Sprintf(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","d":%q}]}`, base64.RawURLEncoding.EncodeToString(private.Seed()))
	issuer, err := NewIssuer([]byte(set))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signed, err := issuer.Issue("user", "session", now)
	if err != nil {
		t.Fatal(err)
	}
	var got claims
	token, err := jwt.ParseWithClaims(signed, &got, func(*jwt.Token) (any, error) { return public, nil },
		jwt.WithIssuer("todoplatform"), jwt.WithAudience("todoplatform"), jwt.WithExpirationRequired())
	if err != nil || token.Header["kid"] != "k1" || got.Subject != "user" || got.SessionID != "session" {
		t.Errorf("got %+v with header %v, %v", got, token.Header, err)
	}
}

func TestNewIssuerRefusesWhatIsNoPrivateKey(t *testing.T) {
	for _, set := range []string{"", "{}", `{"keys":[{"kid":"k1"}]}`, `{"keys":[{"kid":"k1","d":"c2hvcnQ"}]}`} {
		if _, err := NewIssuer([]byte(set)); err == nil {
			t.Errorf("%q: no error", set)
		}
	}
}
