package auth_test

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestProofsOfAnAddress(t *testing.T) {
	now := time.Now()
	keys, others := newKeys(t), newKeys(t)
	proof, err := keys.IssueEmailProof("user", "ann@example.com", now)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := others.IssueEmailProof("user", "ann@example.com", now)
	if err != nil {
		t.Fatal(err)
	}
	access, _, err := keys.Issue("user", "session", now, auth.TokenLifetime)
	if err != nil {
		t.Fatal(err)
	}

	user, email, err := keys.VerifyEmailProof(proof, now.Add(23*time.Hour))
	if err != nil || user != "user" || email != "ann@example.com" {
		t.Errorf("got %q, %q, %v", user, email, err)
	}
	for name, test := range map[string]struct {
		token string
		at    time.Time
		want  failure.Kind
	}{
		"a day later":               {proof, now.Add(25 * time.Hour), failure.Expired},
		"of other keys":             {foreign, now, failure.Invalid},
		"an access token":           {access, now, failure.Invalid},
		"an access token, later":    {access, now.Add(time.Hour), failure.Invalid},
		"nothing":                   {"", now, failure.Invalid},
		"nonsense":                  {"a.b.c", now, failure.Invalid},
		"in another spelling":       {proof[:40] + "\n" + proof[40:], now, failure.Invalid},
		"in another spelling, late": {proof[:40] + "\n" + proof[40:], now.Add(25 * time.Hour), failure.Invalid},
	} {
		if _, _, err := keys.VerifyEmailProof(test.token, test.at); failure.KindOf(err) != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	if _, err := keys.Verify(proof, now); failure.KindOf(err) != failure.Unauthenticated {
		t.Errorf("a proof passes for an access token: %v", err)
	}
}

func newKeys(t *testing.T) *auth.Keys {
	t.Helper()
	set, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := auth.ParseKeys(set)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
