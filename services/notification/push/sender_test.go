package push_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/notification/push"
	"github.com/todoplatform/todoplatform/services/notification/push/pushtest"
)

var (
	loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	platform = &url.URL{Scheme: "https", Host: "todo.example.com", Path: "/"}
)

func message(to push.Subscription) push.Message {
	return push.Message{To: to, Body: []byte(`{"title":"Water plants"}`), Topic: strings.Repeat("a", 32), TTL: time.Hour}
}

func TestTheBrowserAloneReadsWhatThePlatformSigns(t *testing.T) {
	var header http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body) // the test looks at what came
		w.WriteHeader(http.StatusCreated)
	}))
	defer server.Close()
	keys, browser := pushtest.NewKeys(t), pushtest.NewBrowser(t)
	sent := message(browser.Subscription(server.URL + "/one"))
	if got := push.NewSender(keys, platform, loopback, time.Now).Send(t.Context(), sent); got.Outcome != push.Delivered || got.Status != http.StatusCreated || got.Reason != "" {
		t.Fatalf("got %+v", got)
	}
	if got, err := browser.Decrypt(body); err != nil || !bytes.Equal(got, sent.Body) {
		t.Errorf("the browser reads %q, %v", got, err)
	}
	if got, err := pushtest.NewBrowser(t).Decrypt(body); err == nil {
		t.Errorf("another browser reads %q", got)
	}
	for name, want := range map[string]string{"Content-Encoding": "aes128gcm", "Ttl": "3600", "Urgency": "high", "Topic": sent.Topic} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	claims, err := pushtest.Claims(header, keys.Public)
	if err != nil {
		t.Fatal(err)
	}
	if len(claims.Audience) != 1 || claims.Audience[0] != server.URL || claims.Subject != "https://todo.example.com" || time.Until(claims.ExpiresAt.Time) > 24*time.Hour {
		t.Errorf("claims %+v", claims)
	}
}

func TestWhatAnswersMean(t *testing.T) {
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	cases := []struct {
		name    string
		status  int
		header  string // Retry-After
		outcome push.Outcome
		after   time.Duration
		body    string
	}{
		{"created", 201, "", push.Delivered, 0, "be\r\nwell\x00"},
		{"accepted", 202, "", push.Delivered, 0, "be\r\nwell\x00"},
		{"not found", 404, "", push.Gone, 0, "be\r\nwell\x00"},
		{"gone", 410, "", push.Gone, 0, "be\r\nwell\x00"},
		{"too many, with seconds", 429, "90", push.Deferred, 90 * time.Second, "be\r\nwell\x00"},
		{"too many, with a date", 429, now.Add(time.Hour).Format(http.TimeFormat), push.Deferred, time.Hour, "be\r\nwell\x00"},
		{"too many, with nonsense", 429, "soon", push.Deferred, 0, "be\r\nwell\x00"},
		{"broken", 500, "", push.Deferred, 0, "be\r\nwell\x00"},
		{"unavailable", 503, "5", push.Deferred, 5 * time.Second, "be\r\nwell\x00"},
		{"malformed", 400, "5", push.Refused, 0, "be\r\nwell\x00"},
		{"forbidden", 403, "", push.Refused, 0, "be\r\nwell\x00"},
		{"forbidden for its time", 403, "", push.Refused, 0, `{"reason":"BadJwtToken"}`},
		{"of another key, at Google", 403, "", push.Gone, 0, "the VAPID credentials in the authorization header do not correspond to the credentials used to create the subscriptions.\n"},
		{"of another key, at Mozilla", 401, "", push.Gone, 0, `{"code":401,"errno":109,"error":"Unauthorized","message":"VAPID public key mismatch"}`},
		{"of another key, at Apple", 400, "", push.Gone, 0, `{"reason":"VapidPkHashMismatch"}`},
		{"broken, about keys", 500, "", push.Deferred, 0, "VAPID mismatch"},
		{"too large", 413, "", push.Refused, 0, "be\r\nwell\x00"},
		{"moved", 307, "", push.Refused, 0, "be\r\nwell\x00"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", c.header)
				w.Header().Set("Location", "http://127.0.0.1/")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body) // nobody waits for it
			}))
			defer server.Close()
			sender := push.NewSender(pushtest.NewKeys(t), platform, loopback, func() time.Time { return now })
			got := sender.Send(t.Context(), message(pushtest.NewBrowser(t).Subscription(server.URL)))
			if got.Outcome != c.outcome || got.Status != c.status || got.RetryAfter != c.after || (got.Reason == "") != (c.outcome == push.Delivered) || strings.ContainsAny(got.Reason, "\r\n\x00") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests++ }))
	defer server.Close()
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	good := pushtest.NewBrowser(t).Subscription(server.URL)
	offCurve := good
	offCurve.P256dh = "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	away := good
	away.Endpoint = nobody.URL
	cases := []struct {
		name    string
		allowed []netip.Prefix
		message push.Message
		outcome push.Outcome
	}{
		{"into a network that is not public", nil, message(good), push.Refused},
		{"for a key that is no point of the curve", loopback, message(offCurve), push.Refused},
		{"more than a message may hold", loopback, push.Message{To: good, Body: make([]byte, 4000)}, push.Refused},
		{"while the push service is away", loopback, message(away), push.Deferred},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := push.NewSender(pushtest.NewKeys(t), nil, c.allowed, time.Now).Send(t.Context(), c.message)
			if got.Outcome != c.outcome || got.Status != 0 || got.Reason == "" || strings.Contains(got.Reason, "127.0.0.1") {
				t.Errorf("got %+v", got)
			}
		})
	}
	if requests != 0 {
		t.Errorf("%d requests came through", requests)
	}
}
