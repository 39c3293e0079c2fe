package trace_test

import (
	"encoding/hex"
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
