package realtimesync

import (
	"bytes"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

func TestStartAt(t *testing.T) {
	resume := func(seq int64) *protocol.Resume { return &protocol.Resume{Seq: seq} }
	tests := map[string]struct {
		resume *protocol.Resume
		head   int64
		floor  int64
		kind   startKind
		after  int64
	}{
		"a client that names nothing gets what is new": {nil, 9, 0, startLive, 9},
		"a client that has all gets what is new":       {resume(9), 9, 0, startReplay, 9},
		"a client that missed some gets them":          {resume(4), 9, 0, startReplay, 4},
		"a client may resume from the very start":      {resume(0), 9, 0, startReplay, 0},
		"as many as are replayed":                      {resume(0), protocol.MaxReplay, 0, startReplay, 0},
		"one more needs a snapshot":                    {resume(0), protocol.MaxReplay + 1, 0, startSnapshot, protocol.MaxReplay + 1},
		"a client at the floor misses nothing":         {resume(5), 9, 5, startReplay, 5},
		"a client below the floor needs a snapshot":    {resume(4), 9, 5, startSnapshot, 9},
		"a client ahead of us needs a snapshot":        {resume(10), 9, 0, startSnapshot, 9},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := startAt(test.resume, test.head, test.floor)
			if got.kind != test.kind || got.after != test.after {
				t.Errorf("starts as %s after %d, want %s after %d", got.kind, got.after, test.kind, test.after)
			}
		})
	}
}

func TestOriginAllowed(t *testing.T) {
	public := &url.URL{Scheme: "https", Host: "todo.example.com"}
	tests := map[string]struct {
		origin, host string
		public       *url.URL
		want         bool
	}{
		"a program without origin":                {"", "any:8080", public, true},
		"the public URL":                          {"https://todo.example.com", "realtime-sync:8080", public, true},
		"the public URL in other letters":         {"HTTPS://Todo.Example.Com", "realtime-sync:8080", public, true},
		"the public URL with its scheme's port":   {"https://todo.example.com", "realtime-sync:8080", &url.URL{Scheme: "https", Host: "todo.example.com:443"}, true},
		"the port of another scheme":              {"https://todo.example.com", "realtime-sync:8080", &url.URL{Scheme: "https", Host: "todo.example.com:80"}, false},
		"the public host without TLS":             {"http://todo.example.com", "todo.example.com", public, false},
		"the public host on another port":         {"https://todo.example.com:8443", "todo.example.com", public, false},
		"the request's host beside a public URL":  {"https://other.example.com", "other.example.com", public, false},
		"a name that ends like the public one":    {"https://eviltodo.example.com", "todo.example.com", public, false},
		"the request's own host":                  {"http://localhost:8080", "localhost:8080", nil, true},
		"another host":                            {"http://evil.example.com", "localhost:8080", nil, false},
		"another port of the request's host":      {"http://localhost:9090", "localhost:8080", nil, false},
		"the opaque origin of a sandboxed page":   {"null", "localhost:8080", nil, false},
		"what is no origin":                       {"http://[", "localhost:8080", nil, false},
		"an opaque origin even when host is null": {"null", "null", nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := originAllowed(test.origin, test.host, test.public); got != test.want {
				t.Errorf("allowed = %v, want %v", got, test.want)
			}
		})
	}
}

func TestARefusedPageIsToldWhereToGo(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	metrics := newMetrics(prometheus.NewRegistry(), newHub(1))
	pages := origins{public: &url.URL{Scheme: "https", Host: "todo.example.com"}, refused: metrics.refusedPages}

	if err := pages.check(t.Context(), "https://todo.example.com", "localhost:8080"); err != nil || log.Len() > 0 {
		t.Errorf("the platform's own page: %v, %s", err, log.String())
	}
	err := pages.check(t.Context(), "http://localhost:8080", "localhost:8080")
	if failure.KindOf(err) != failure.Forbidden {
		t.Errorf("got %v, want a forbidden page", err)
	}
	for name, text := range map[string]string{"the problem": failure.Public(err).Message, "the log": log.String()} {
		if !strings.Contains(text, "http://localhost:8080") || !strings.Contains(text, "https://todo.example.com") {
			t.Errorf("%s does not name both origins: %s", name, text)
		}
	}
	if got := testutil.ToFloat64(metrics.refusedPages); got != 1 {
		t.Errorf("%v pages are counted, want 1", got)
	}
	long := pages.check(t.Context(), strings.Repeat("ü", 5000), "localhost:8080")
	if message := failure.Public(long).Message; len(message) > 500 || !utf8.ValidString(message) {
		t.Errorf("a long origin makes a message of %d bytes", len(message))
	}
}
