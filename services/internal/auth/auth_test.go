package auth_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

var now = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

type keySet struct {
	Keys []map[string]string `json:"keys"`
}

func generate(t *testing.T, id string) keySet {
	t.Helper()
	text, err := auth.GenerateKeys(id)
	if err != nil {
		t.Fatal(err)
	}
	var set keySet
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

func parse(t *testing.T, sets ...keySet) *auth.Keys {
	t.Helper()
	var all keySet
	for _, set := range sets {
		all.Keys = append(all.Keys, set.Keys...)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := auth.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func issue(t *testing.T, keys *auth.Keys) string {
	t.Helper()
	token, _, err := keys.Issue("user 1", "session 1", now, auth.TokenLifetime)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestIssuedTokenIsVerified(t *testing.T) {
	keys := parse(t, generate(t, "a"))
	token, issued, err := keys.Issue("user 1", "session 1", now, auth.TokenLifetime)
	if err != nil {
		t.Fatal(err)
	}
	got, err := keys.Verify(token, now.Add(auth.TokenLifetime-time.Second))
	if err != nil || got.UserID != "user 1" || got.SessionID != "session 1" || !got.ExpiresAt.Equal(now.Add(auth.TokenLifetime)) || !got.ExpiresAt.Equal(issued.ExpiresAt) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestKeysRotate(t *testing.T) {
	old, fresh := generate(t, "old"), generate(t, "new")
	token := issue(t, parse(t, old))
	rotated := parse(t, fresh, old)
	if _, err := rotated.Verify(token, now); err != nil {
		t.Errorf("token of the old key: %v", err)
	}
	if _, err := parse(t, old).Verify(issue(t, rotated), now); err == nil {
		t.Error("the new key does not sign")
	}
	public, err := rotated.Public()
	if err != nil || strings.Contains(string(public), `"d"`) || !strings.Contains(string(public), `"kid":"old"`) {
		t.Errorf("public set %s, %v", public, err)
	}
}

// Links in mail are good for a day, and so must the key be that signed them.
func TestProofsOutliveARotation(t *testing.T) {
	old, fresh := generate(t, "old"), generate(t, "new")
	proof, err := parse(t, old).IssueEmailProof("user 1", "ann@example.com", now)
	if err != nil {
		t.Fatal(err)
	}
	if user, _, err := parse(t, fresh, old).VerifyEmailProof(proof, now.Add(auth.EmailProofLifetime-time.Second)); err != nil || user != "user 1" {
		t.Errorf("got %q, %v", user, err)
	}
	if _, _, err := parse(t, fresh).VerifyEmailProof(proof, now); failure.KindOf(err) != failure.Invalid {
		t.Errorf("a proof of a dropped key: %v", err)
	}
	if max(auth.TokenLifetime, auth.EmailProofLifetime, auth.ReminderLinkLifetime) > contract.SignedLifetime {
		t.Error("the operator drops keys while what they signed is good")
	}
}

// The operator notes beside the keys how far their rotation is.
func TestNotesBesideTheKeysStayInside(t *testing.T) {
	text, err := json.Marshal(generate(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	noted := strings.Replace(strings.Replace(string(text), `"kid"`, `"iat":1,"nbf":2,"exp":3,"kid"`, 1), `{"keys"`, `{"rotated":"x","keys"`, 1)
	keys, err := auth.ParseKeys([]byte(noted))
	if err != nil {
		t.Fatal(err)
	}
	public, err := keys.Public()
	if err != nil || strings.Contains(string(public), "iat") || strings.Contains(string(public), "exp") || strings.Contains(string(public), "rotated") {
		t.Errorf("public set %s, %v", public, err)
	}
	if _, err := keys.Verify(issue(t, keys), now); err != nil {
		t.Error(err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	set := generate(t, "a")
	keys := parse(t, set)
	valid := issue(t, keys)
	parts := strings.Split(valid, ".")
	impostor := parse(t, generate(t, "a"))

	public, err := keys.Public()
	if err != nil {
		t.Fatal(err)
	}
	hmac := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "user 1"})
	hmac.Header["kid"] = "a"
	confused, err := hmac.SignedString(public)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"sub": "user 1"})
	none, err := unsigned.SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	claims := func(change func(jwt.MapClaims)) string {
		c := jwt.MapClaims{"iss": "todoplatform", "aud": "todoplatform", "sub": "user 1", "sid": "s", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}
		change(c)
		return sign(t, set, c)
	}
	if _, err := keys.Verify(claims(func(jwt.MapClaims) {}), now); err != nil {
		t.Fatalf("the token that the cases below change is not valid itself: %v", err)
	}
	for name, c := range map[string]struct {
		token string
		at    time.Time
	}{
		"an expired token":             {valid, now.Add(auth.TokenLifetime + time.Minute)},
		"a token from the future":      {valid, now.Add(-time.Hour)},
		"another signature":            {parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])), now},
		"another key of the same name": {issue(t, impostor), now},
		"an unknown key":               {issue(t, parse(t, generate(t, "b"))), now},
		"HMAC with the public key":     {confused, now},
		"no signature":                 {none, now},
		"no token":                     {"", now},
		"another issuer":               {claims(func(c jwt.MapClaims) { c["iss"] = "other" }), now},
		"another audience":             {claims(func(c jwt.MapClaims) { c["aud"] = "other" }), now},
		"no expiry":                    {claims(func(c jwt.MapClaims) { delete(c, "exp") }), now},
		"no user":                      {claims(func(c jwt.MapClaims) { delete(c, "sub") }), now},
		"no session":                   {claims(func(c jwt.MapClaims) { delete(c, "sid") }), now},
	} {
		t.Run(name, func(t *testing.T) {
			if id, err := keys.Verify(c.token, c.at); failure.KindOf(err) != failure.Unauthenticated {
				t.Errorf("got %+v, %v", id, err)
			}
		})
	}
}

// base64url has spare bits in its last character, and decoders pass over line breaks: a
// token must not have a second spelling under which a list of revoked ones misses it.
func TestATokenHasOneSpelling(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	keys := parse(t, generate(t, "a"))
	valid := issue(t, keys)
	if _, err := keys.Verify(valid, now); err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.SplitAfter(valid, ".") {
		end := strings.Index(valid, part) + len(strings.TrimSuffix(part, "."))
		for _, last := range alphabet {
			other := valid[:end-1] + string(last) + valid[end:]
			if id, err := keys.Verify(other, now); other != valid && err == nil {
				t.Errorf("%q for %q at %d: accepted as %+v", last, valid[end-1], end-1, id)
			}
		}
		for _, addition := range []string{"\n", "\r", "\r\n", "=", "==", " ", "."} {
			if id, err := keys.Verify(valid[:end]+addition+valid[end:], now); err == nil {
				t.Errorf("%q at %d: accepted as %+v", addition, end, id)
			}
		}
	}
}

func sign(t *testing.T, set keySet, claims jwt.MapClaims) string {
	t.Helper()
	var seed [ed25519.SeedSize]byte
	decoded, err := jwt.NewParser().DecodeSegment(set.Keys[0]["d"])
	if err != nil {
		t.Fatal(err)
	}
	copy(seed[:], decoded)
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	unsigned.Header["kid"] = set.Keys[0]["kid"]
	token, err := unsigned.SignedString(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestParseKeysRefuses(t *testing.T) {
	for name, c := range map[string]struct{ set, want string }{
		"no JSON":      {`secret`, "not a JSON Web Key Set"},
		"no keys":      {`{"keys":[]}`, "empty"},
		"an RSA key":   {`{"keys":[{"kty":"RSA","kid":"a"}]}`, `want kty "OKP"`},
		"no kid":       {`{"keys":[{"kty":"OKP","crv":"Ed25519","d":"AAAA"}]}`, "kid"},
		"spare bits":   {`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","d":"` + strings.Repeat("A", 42) + `B"}]}`, "base64url"},
		"a public key": {`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAA"}]}`, "public key?"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := auth.ParseKeys([]byte(c.set))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	set := generate(t, "a")
	twice, _ := json.Marshal(keySet{Keys: append(set.Keys, set.Keys...)}) // strings always encode
	if _, err := auth.ParseKeys(twice); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("the same kid twice: %v", err)
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{"Bearer abc": "abc", "bearer abc": "abc", "": "", "abc": "", "Basic abc": "", "Bearer ": ""} {
		got, err := auth.Bearer(http.Header{"Authorization": {header}})
		if got != want || (want == "") != (failure.KindOf(err) == failure.Unauthenticated) {
			t.Errorf("%q: got %q, %v", header, got, err)
		}
	}
}

func TestContextCarriesTheIdentity(t *testing.T) {
	want := auth.Caller{UserID: "u", SessionID: "s", ExpiresAt: now}
	if got, err := auth.FromContext(auth.WithCaller(t.Context(), want)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := auth.FromContext(t.Context()); failure.KindOf(err) != failure.Unauthenticated {
		t.Errorf("empty context: %v", err)
	}
}

type knownTokens struct{ asked []string }

func (k *knownTokens) FindToken(_ context.Context, token string, _ time.Time) (auth.Caller, error) {
	k.asked = append(k.asked, token)
	if token != "tdp_known" {
		return auth.Caller{}, failure.New(failure.Unauthenticated, "unknown")
	}
	return auth.Caller{UserID: "user 1", TokenID: "token 1", Kind: events.ActorToken, Client: "backup", Scopes: []auth.Scope{auth.ScopeTasksRead}}, nil
}

func TestOnlyAPITokensAreLookedUp(t *testing.T) {
	tokens := &knownTokens{}
	v := auth.Verifier{Keys: parse(t, generate(t, "a")), Tokens: tokens}
	session, err := v.Verify(t.Context(), issue(t, v.Keys), now)
	if err != nil || session.Kind != events.ActorPerson || session.Require(auth.ScopeSession) != nil || len(tokens.asked) != 0 {
		t.Errorf("got %+v, %v after asking for %v", session, err, tokens.asked)
	}
	for _, scope := range auth.Scopes() {
		if err := session.Require(scope); err != nil {
			t.Errorf("a session lacks %s: %v", scope, err)
		}
	}
	program, err := v.Verify(t.Context(), "tdp_known", now)
	if want := (events.Actor{Kind: events.ActorToken, ID: "token 1", Client: "backup"}); err != nil || program.Actor() != want {
		t.Errorf("got %+v, %v", program, err)
	}
	for _, bearer := range []string{"tdp_other", "tdp_", "nonsense", "TDP_known", "xtdp_known"} {
		if got, err := v.Verify(t.Context(), bearer, now); failure.KindOf(err) != failure.Unauthenticated {
			t.Errorf("%s: got %+v, %v", bearer, got, err)
		}
	}
	if want := []string{"tdp_known", "tdp_other", "tdp_"}; !slices.Equal(tokens.asked, want) {
		t.Errorf("asked for %v, want %v", tokens.asked, want)
	}
}

func TestATokenDoesWhatItsScopesCoverAlone(t *testing.T) {
	program := auth.Caller{Scopes: []auth.Scope{auth.ScopeTasksRead}}
	for _, scope := range append(auth.Scopes(), auth.ScopeSession) {
		err := program.Require(scope)
		if scope == auth.ScopeTasksRead {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		public := failure.Public(err)
		if public.Kind != failure.Forbidden || public.Code != failure.CodeInsufficientScope || !strings.Contains(public.Message, public.Scope) {
			t.Errorf("%s: got %+v", scope, public)
		}
		if named := public.Scope == string(scope); named == (scope == auth.ScopeSession) {
			t.Errorf("%s: names %q", scope, public.Scope)
		}
	}
}

func TestServicesThatTakeAccessTokensSaySo(t *testing.T) {
	_, err := parse(t, generate(t, "a")).Verify("tdp_known", now)
	if failure.KindOf(err) != failure.Unauthenticated || !strings.Contains(err.Error(), "no API token") {
		t.Errorf("got %v", err)
	}
}
