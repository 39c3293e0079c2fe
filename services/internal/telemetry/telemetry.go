// Package telemetry sets up what a service tells its operators: JSON logs and
// Prometheus metrics.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewLogger makes the logger of a service: JSON lines on w, with the app id on
// each. level is debug, info, warn or error; empty means info.
func NewLogger(w io.Writer, app, level string) (*slog.Logger, error) {
	var threshold slog.Level
	if level != "" {
		if err := threshold.UnmarshalText([]byte(level)); err != nil {
			return nil, fmt.Errorf("log level %q: use debug, info, warn or error", level)
		}
	}
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: threshold})
	return slog.New(handler).With("app", app), nil
}

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
