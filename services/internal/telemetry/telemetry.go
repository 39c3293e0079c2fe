// Package telemetry sets up what a service tells its operators: JSON logs and
// Prometheus metrics.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/todoplatform/todoplatform/services/internal/trace"
)

// NewLogger makes the logger of a service: JSON lines on w, with the app id on
// each, and the trace that its context is part of. level is debug, info, warn or error; empty means info.
func NewLogger(w io.Writer, app, level string) (*slog.Logger, error) {
	var threshold slog.Level
	if level != "" {
		if err := threshold.UnmarshalText([]byte(level)); err != nil {
			return nil, fmt.Errorf("log level %q: use debug, info, warn or error", level)
		}
	}
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: threshold})
	return slog.New(traced{handler}).With("app", app), nil
}

// traced says with each record of which trace it is.
type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, record slog.Record) error {
	if id := trace.ID(ctx); id != "" {
		record.AddAttrs(slog.String("trace_id", id))
	}
	return h.Handler.Handle(ctx, record)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }

func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }

// NewRegistry makes the metrics registry of a service, with the Go runtime's and
// the process's own metrics in it. Each service has its own, so that several can
// run in one process under test.
func NewRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}
