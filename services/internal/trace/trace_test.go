package trace_test

import (
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/trace"
)

const (
	id     = "4bf92f3577b34da6a3ce929d0e0e4736"
	parent = "00-" + id + "-00f067aa0ba902b7-01"
)

func TestContextsKeepTheirTrace(t *testing.T) {
	ctx := trace.With(t.Context(), parent)
	if trace.Parent(ctx) != parent || trace.ID(ctx) != id {
		t.Errorf("got %s of %s", trace.Parent(ctx), trace.ID(ctx))
	}
	for _, malformed := range []string{"", "00", parent + "-00", strings.ToUpper(parent), "00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01"} {
		if ctx := trace.With(t.Context(), malformed); trace.Parent(ctx) != "" || trace.ID(ctx) != "" {
			t.Errorf("%q became %s", malformed, trace.Parent(ctx))
		}
	}
}

func TestTheSidecarsFormIsRead(t *testing.T) {
	encode := func(text string) string {
		decoded, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(decoded)
	}
	whole := encode("0000" + id + "01" + "00f067aa0ba902b7" + "02" + "01")
	if got := trace.Parent(trace.WithBinary(t.Context(), whole)); got != parent {
		t.Errorf("got %s", got)
	}
	for _, malformed := range []string{"", whole[:28], whole + "\x00", "\x01" + whole[1:], whole[:18] + "\x03" + whole[19:]} {
		if got := trace.Parent(trace.WithBinary(t.Context(), malformed)); got != "" {
			t.Errorf("%x became %s", malformed, got)
		}
	}
}

func TestRequestsAreSampled(t *testing.T) {
	request := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	if ctx := trace.Sampling(0).Of(request); trace.ID(ctx) != "" {
		t.Error("a trace begins although none is wanted")
	}
	sampled, ids := 0, map[string]bool{}
	const requests = 1000
	for range requests {
		ctx := trace.Sampling(0.5).Of(request)
		ids[trace.ID(ctx)] = true
		if strings.HasSuffix(trace.Parent(ctx), "-01") {
			sampled++
		}
	}
	if len(ids) != requests || sampled < 400 || sampled > 600 {
		t.Errorf("%d traces of %d requests, %d of them sampled", len(ids), requests, sampled)
	}
	request.Header.Set(trace.Header, parent)
	for _, sampling := range []trace.Sampling{0, 0.5, 1} {
		if got := trace.Parent(sampling.Of(request)); got != parent {
			t.Errorf("a request of the trace %s is part of %q", parent, got)
		}
	}
}

func TestParseSampling(t *testing.T) {
	for text, want := range map[string]trace.Sampling{"": 0, "0": 0, "0.01": 0.01, "1": 1} {
		if got, err := trace.ParseSampling(text); got != want || err != nil {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"-0.1", "1.1", "NaN", "half"} {
		if got, err := trace.ParseSampling(text); err == nil {
			t.Errorf("%q became %v", text, got)
		}
	}
}
