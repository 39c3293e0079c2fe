package webhook

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	former = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func newSender(allowed []netip.Prefix) *Sender { return NewSender(allowed, time.Now) }

func message(url string) Message {
	return Message{ID: "event.webhook", URL: url, Body: []byte(`{"id":"event"}`), Secrets: []string{secret, former}}
}

func TestReceiversVerifyWithEitherSecret(t *testing.T) {
	var header http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	if got := newSender(loopback).Send(t.Context(), message(server.URL)); got.Outcome != Delivered || got.Status != http.StatusOK || got.Reason != "" {
		t.Fatalf("got %+v", got)
	}
	for _, known := range []string{secret, former} {
		verifier, err := standardwebhooks.NewWebhook(known)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(body, header); err != nil {
			t.Error(err)
		}
		if verifier.Verify(append(body, ' '), header) == nil {
			t.Error("another body is verified too")
		}
	}
	for name, want := range map[string]string{"Webhook-Id": "event.webhook", "Content-Type": "application/cloudevents+json", "User-Agent": "TodoPlatform-Webhooks/1"} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestWhatAnswersMean(t *testing.T) {
	soon := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	cases := []struct {
		name    string
		status  int
		header  map[string]string
		body    string
		outcome Outcome
		reason  string
		after   time.Duration
	}{
		{"taken", 204, nil, "", Delivered, "", 0},
		{"accepted", 202, nil, "thanks", Delivered, "", 0},
		{"elsewhere", 302, map[string]string{"Location": "/other"}, "", Refused, "the endpoint redirects (302), which is not followed: name the address where it leads to", 0},
		{"broken", 500, nil, " out of\n\x00order ", Refused, "the endpoint answered 500 out of order", 0},
		{"says a lot", 400, nil, strings.Repeat("a", 5000), Refused, "the endpoint answered 400 " + strings.Repeat("a", 1024), 0},
		{"gone", 410, nil, "", Gone, "the endpoint answered 410", 0},
		{"too many", 429, map[string]string{"Retry-After": "120"}, "", Refused, "the endpoint answered 429", 2 * time.Minute},
		{"busy until", 503, map[string]string{"Retry-After": soon}, "", Refused, "the endpoint answered 503", time.Hour},
		{"no time", 503, map[string]string{"Retry-After": "soon"}, "", Refused, "the endpoint answered 503", 0},
		{"not asked to wait", 500, map[string]string{"Retry-After": "120"}, "", Refused, "the endpoint answered 500", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests++
				for name, value := range c.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer server.Close()
			got := newSender(loopback).Send(t.Context(), message(server.URL))
			if got.Outcome != c.outcome || got.Status != c.status || got.Reason != c.reason || requests != 1 {
				t.Errorf("got %+v after %d requests", got, requests)
			}
			if c.after-got.RetryAfter > 2*time.Second || got.RetryAfter > c.after {
				t.Errorf("asked to wait %s, want %s", got.RetryAfter, c.after)
			}
		})
	}
}

func TestWithoutAnAnswerTheReasonSaysWhy(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	encrypted := httptest.NewTLSServer(http.NotFoundHandler())
	encrypted.Config.ErrorLog = nil
	defer encrypted.Close()
	for url, want := range map[string]string{
		closed.URL:                 "the connection was refused",
		encrypted.URL:              "the certificate of the endpoint is not valid",
		"https://no.such.invalid/": "the name of the host cannot be looked up",
	} {
		if got := newSender(loopback).Send(t.Context(), message(url)); got.Outcome != Unreachable || got.Reason != want {
			t.Errorf("%s: got %+v", url, got)
		}
	}
}

func TestAttemptsTakeAboutADayTogether(t *testing.T) {
	var total time.Duration
	attempts := 1
	for ; ; attempts++ {
		pause, ok := NextAttempt(attempts, 0)
		if !ok {
			break
		}
		if least := pauses[attempts-1]; pause < least || pause > least+least/5 {
			t.Errorf("after attempt %d a pause of %s", attempts, pause)
		}
		total += pause
	}
	if attempts != 8 || total < 22*time.Hour || total > 27*time.Hour {
		t.Errorf("%d attempts in %s", attempts, total)
	}
	for asked, want := range map[time.Duration]time.Duration{time.Hour: time.Hour, 30 * 24 * time.Hour: maxRetryAfter, time.Second: pauses[0]} {
		if pause, ok := NextAttempt(1, asked); !ok || pause < want || pause > want+want/5 {
			t.Errorf("asked for %s: a pause of %s", asked, pause)
		}
	}
}
