package todoapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestHTTP(t *testing.T) {
	h := newHarness(t)

	t.Run("the OpenAPI document is the one that clients were written against", func(t *testing.T) {
		const golden = "testdata/openapi.json"
		document := get(t, h.url+"/api/v1/openapi.json")
		var got bytes.Buffer
		if err := json.Indent(&got, document.body, "", "  "); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got.Bytes()) {
			t.Errorf("the API differs from %s: if that is intended, run go test -run TestHTTP -update", golden)
		}
		if !strings.Contains(got.String(), `"openapi": "3.1.0"`) {
			t.Error("the document is not OpenAPI 3.1")
		}
	})

	t.Run("every answer carries the security headers", func(t *testing.T) {
		for _, path := range []string{"/", "/api/v1/docs", "/api/v1/me", "/api/v1/nothing", "/.well-known/jwks.json"} {
			page := get(t, h.url+path)
			for header, want := range map[string]string{
				"Content-Security-Policy": "default-src 'self'",
				"X-Content-Type-Options":  "nosniff",
				"Referrer-Policy":         "no-referrer",
				"X-Frame-Options":         "DENY",
				"X-Request-Id":            "",
			} {
				if got := page.header.Get(header); got == "" || !strings.HasPrefix(got, want) {
					t.Errorf("%s: header %s is %q", path, header, got)
				}
			}
		}
	})

	t.Run("a refusal for want of a token says how to bring one", func(t *testing.T) {
		refusal := get(t, h.url+"/api/v1/me")
		if refusal.status != http.StatusUnauthorized || refusal.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("got %d with %v", refusal.status, refusal.header)
		}
	})

	t.Run("a method that a path is not for is refused with those that it is for", func(t *testing.T) {
		for _, test := range []struct{ method, path, allow string }{
			{"PUT", "/api/v1/tasks", "GET, HEAD, POST"},
			{"GET", "/api/v1/auth/login", "POST"},
			{"POST", "/.well-known/jwks.json", "GET, HEAD"},
		} {
			request, err := http.NewRequestWithContext(t.Context(), test.method, h.url+test.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close() // headers say all
			if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != test.allow ||
				answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s: got %s with %v", test.method, test.path, answer.Status, answer.Header)
			}
		}
	})

	t.Run("the web page is served at the root, and the reference of the API where its document is", func(t *testing.T) {
		for _, path := range []string{"/", "/api/v1/docs"} {
			page := get(t, h.url+path)
			if got := page.header.Get("Content-Type"); got != "text/html; charset=utf-8" || !bytes.Contains(page.body, []byte("<html")) {
				t.Errorf("%s: got %s: %s", path, got, page.body)
			}
		}
	})

	t.Run("metrics tell requests and the relay's backlog", func(t *testing.T) {
		metrics := get(t, h.health+"/metrics")
		for _, metric := range []string{"http_request_duration_seconds_count", "outbox_"} {
			if !bytes.Contains(metrics.body, []byte(metric)) {
				t.Errorf("there is no %s", metric)
			}
		}
	})
}
