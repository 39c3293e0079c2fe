package todoapi

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// While keys rotate, replicas of before and after each step serve side by side.
func TestNobodyIsSignedOutByARotation(t *testing.T) {
	h := newHarness(t)
	first, second := newKey(t, "first"), newKey(t, "second")
	former := h.replica(t, 1, first)
	person := h.signedInAt(t, former)
	old := person.Grant.AccessToken
	for n, step := range []struct {
		name  string
		keys  []json.RawMessage
		signs string
	}{
		{"added", []json.RawMessage{first, second}, "first"},
		{"promoted", []json.RawMessage{second, first}, "second"},
		{"dropped", []json.RawMessage{second}, "second"},
	} {
		replica := h.replica(t, n+2, step.keys...)
		before, after := h.signedInAt(t, former), h.signedInAt(t, replica)
		if kid := keyOf(t, after.Grant.AccessToken); kid != step.signs {
			t.Errorf("%s: key %s signs, want %s", step.name, kid, step.signs)
		}
		for _, url := range []string{former, replica} {
			for _, token := range []string{before.Grant.AccessToken, after.Grant.AccessToken} {
				if err := h.useAt(t, url, token); err != nil {
					t.Errorf("%s: a replica refuses a token of key %s: %v", step.name, keyOf(t, token), err)
				}
			}
		}
		if step.name != "dropped" {
			if err := h.useAt(t, replica, old); err != nil {
				t.Errorf("%s: a token of before the rotation is refused: %v", step.name, err)
			}
		}
		// Refresh tokens are not signed: who was signed in before the rotation still is.
		here := h.at(replica)
		here.Grant = person.Grant
		if err := here.Refresh(t.Context()); err != nil {
			t.Fatalf("%s: signed out: %v", step.name, err)
		}
		if err := h.useAt(t, replica, here.Grant.AccessToken); err != nil {
			t.Errorf("%s: a refreshed token is refused: %v", step.name, err)
		}
		person, former = here, replica
	}
	wantStatus(t, h.useAt(t, former, old), http.StatusUnauthorized)
}

// newKey makes a signing key as the operator does, with its notes.
func newKey(t *testing.T, id string) json.RawMessage {
	t.Helper()
	text, err := auth.GenerateKeys(id)
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	key := set.Keys[0]
	key["iat"], key["nbf"], key["exp"] = 1796115600, 1796115660, 1796205660
	encoded, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// replica starts another replica of todo-api, with keys of its own.
func (h *harness) replica(t *testing.T, n int, keys ...json.RawMessage) (url string) {
	t.Helper()
	set, err := json.Marshal(map[string]any{"keys": keys, "rotated": "a note of the operator"})
	if err != nil {
		t.Fatal(err)
	}
	h.env.Secret(t, "keys", map[string]string{contract.SecretKeySigning: string(set)})
	replica := &harness{t: t, env: h.env, pool: h.pool, adjust: h.adjust, sidecar: h.env.Sidecar(t, daprtest.App{ID: contract.TodoAPI, Replica: n})}
	url, _ = replica.serve(t)
	return url
}

// at returns a client of a replica that has not signed in.
func (h *harness) at(url string) *client.Client {
	return client.New(url, &http.Client{Timeout: soon, Transport: documented{h.t}})
}

func (h *harness) signedInAt(t *testing.T, url string) *client.Client {
	t.Helper()
	c := h.at(url)
	if err := c.SignUp(t.Context(), h.newEmail(), password, "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	return c
}

// useAt asks a replica with a token.
func (h *harness) useAt(t *testing.T, url, token string) error {
	t.Helper()
	c := h.at(url)
	c.Grant.AccessToken = token
	_, err := c.Me(t.Context())
	return err
}

func keyOf(t *testing.T, token string) string {
	t.Helper()
	parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Header["kid"].(string)
}
