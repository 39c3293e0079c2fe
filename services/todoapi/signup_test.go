package todoapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/todoapi/account"
)

func TestClosedSignUp(t *testing.T) {
	h := newHarness(t, func(cfg *Config) { cfg.SignUp = account.SignUpClosed })
	hasher, err := account.NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	hash, err := hasher.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	there := h.newEmail() // from when it was open
	h.exec(t, `INSERT INTO todo.account (id, email, password_hash, zone, created_at) VALUES (gen_random_uuid(), $1, $2, 'UTC', now())`, there, hash)

	for name, email := range map[string]string{"a new address": h.newEmail(), "one that has an account": there, "none": "nobody"} {
		got := h.by(t, h.guest(), http.MethodPost, "/auth/sign-up", `{"email":"`+email+`","password":"`+password+`"}`, "")
		if got.status != http.StatusForbidden || !strings.Contains(string(got.body), "takes no new accounts") || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: got %d: %s", name, got.status, got.body)
		}
	}
	c := h.guest()
	if err := c.Login(t.Context(), there, password); err != nil {
		t.Fatal(err)
	}
	if err := c.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.DeleteAccount(t.Context(), password); err != nil {
		t.Error(err)
	}
}
