package telemetry_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/telemetry"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

func TestLoggerWritesJSONAboveItsLevel(t *testing.T) {
	for level, lines := range map[string]int{"": 2, "info": 2, "debug": 3, "error": 1} {
		t.Run(level, func(t *testing.T) {
			var output bytes.Buffer
			logger, err := telemetry.NewLogger(&output, "audit", level)
			if err != nil {
				t.Fatal(err)
			}
			logger.Debug("a")
			logger.Info("b")
			logger.Error("c", "user", "7")
			got := strings.Split(strings.TrimSpace(output.String()), "\n")
			if len(got) != lines {
				t.Fatalf("%d lines, want %d", len(got), lines)
			}
			var last map[string]any
			if err := json.Unmarshal([]byte(got[lines-1]), &last); err != nil || last["app"] != "audit" || last["msg"] != "c" || last["user"] != "7" {
				t.Errorf("got %v, %v", last, err)
			}
		})
	}
	if _, err := telemetry.NewLogger(nil, "audit", "loud"); err == nil || !strings.Contains(err.Error(), "loud") {
		t.Errorf("unknown level: %v", err)
	}
}

func TestLinesNameTheTraceOfTheirContext(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	var output bytes.Buffer
	logger, err := telemetry.NewLogger(&output, "audit", "")
	if err != nil {
		t.Fatal(err)
	}
	logger = logger.With("user", "7")
	logger.InfoContext(trace.With(t.Context(), "00-"+id+"-00f067aa0ba902b7-00"), "traced")
	logger.InfoContext(t.Context(), "untraced")
	for line := range strings.Lines(output.String()) {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if _, named := got["trace_id"]; named != (got["msg"] == "traced") || named && got["trace_id"] != id || got["user"] != "7" {
			t.Errorf("got %s", line)
		}
	}
}

func TestRegistriesAreApart(t *testing.T) {
	for range 2 {
		families, err := telemetry.NewRegistry().Gather()
		if err != nil || len(families) == 0 {
			t.Errorf("%d metrics, %v", len(families), err)
		}
	}
}
