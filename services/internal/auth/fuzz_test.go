package auth_test

import (
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// FuzzVerify changes a good token, which is all that anybody outside has to begin with.
func FuzzVerify(f *testing.F) {
	set, err := auth.GenerateKeys("test")
	if err != nil {
		f.Fatal(err)
	}
	keys, err := auth.ParseKeys(set)
	if err != nil {
		f.Fatal(err)
	}
	good, caller, err := keys.Issue("u1", "s1", now, auth.TokenLifetime)
	if err != nil {
		f.Fatal(err)
	}
	parts := strings.Split(good, ".")
	for _, part := range parts {
		f.Add(part, "", 0)
	}
	f.Add("", "none", len(parts[0]))
	f.Add("eyJhbGciOiJub25lIn0", parts[1], 0)
	f.Add("eyJhbGciOiJIUzI1NiIsImtpZCI6InRlc3QifQ", parts[1]+".AAAA", 0)
	f.Add(auth.TokenPrefix, "…", 3)
	f.Add("\n", "=", len(good))
	f.Fuzz(func(t *testing.T, insert, replace string, at int) {
		at = min(max(at, 0), len(good))
		end := min(at+len(replace), len(good))
		for _, token := range []string{insert, insert + "." + replace, good[:at] + insert + good[at:], good[:at] + replace + good[end:], good + insert, insert + good} {
			got, err := keys.Verify(token, now)
			switch {
			case token == good && (err != nil || got.UserID != caller.UserID):
				t.Fatalf("the token itself: got %+v, %v", got, err)
			case token != good && err == nil:
				t.Fatalf("%q is taken for one of ours", token)
			case err != nil && failure.KindOf(err) != failure.Unauthenticated:
				t.Fatalf("%q: got %v", token, err)
			}
		}
	})
}
