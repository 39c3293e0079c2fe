package trace

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// flushTimeout bounds how long a stopping service waits for its collector: spans are worth no more.
const flushTimeout = 2 * time.Second

// Config says where a service sends its spans, and of which part of the requests that begin a trace there are any.
type Config struct {
	Collector *url.URL // that speaks OTLP, see ParseCollector; nil: no spans, and no trace begins
	Sampling  float64  // from 0 to 1
}

// ParseCollector reads the address of a collector: grpc or http, each with an s for TLS, with host and port, as in
// grpc://collector.tracing.svc:4317. Empty text is nil.
func ParseCollector(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	address, err := url.Parse(text)
	if err == nil && address.Port() != "" && address.Path == "" {
		switch address.Scheme {
		case "grpc", "grpcs", "http", "https":
			return address, nil
		}
	}
	return nil, fmt.Errorf("%q is not an address such as grpc://collector:4317", text)
}

// ParseSampling reads a number from 0 to 1; empty text is 0.
func ParseSampling(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	part, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(part) || part < 0 || part > 1 {
		return 0, fmt.Errorf("%q is not a number from 0 to 1", text)
	}
	return part, nil
}

// Tracer makes the spans of what a service does past its sidecar.
type Tracer struct {
	trace.Tracer
	stop func(context.Context) error
}

// None makes no spans and begins no trace. What comes as part of a trace stays so.
func None() *Tracer {
	return &Tracer{Tracer: noop.Tracer{}, stop: func(context.Context) error { return nil }}
}

// Connect returns the tracer of an app. The collector need not be there: spans that it does not take in time are
// dropped, at most 2,048 wait, and a line in the log tells of it.
func Connect(ctx context.Context, app string, cfg Config) (*Tracer, error) {
	if cfg.Collector == nil {
		return None(), nil
	}
	exporter, err := exporterTo(ctx, cfg.Collector)
	if err != nil {
		return nil, fmt.Errorf("prepare to send spans to %s: %w", cfg.Collector, err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { slog.Warn("spans were not delivered", "error", err) }))
	return To(app, sdktrace.NewBatchSpanProcessor(exporter), cfg.Sampling), nil
}

// To returns a tracer of an app whose spans end at a processor.
func To(app string, spans sdktrace.SpanProcessor, sampling float64) *Tracer {
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(spans),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(sampling))),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", app))),
	)
	return &Tracer{Tracer: provider.Tracer("github.com/todoplatform/todoplatform"), stop: provider.Shutdown}
}

func exporterTo(ctx context.Context, collector *url.URL) (*otlptrace.Exporter, error) {
	switch collector.Scheme {
	case "grpc":
		return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(collector.Host), otlptracegrpc.WithInsecure())
	case "grpcs":
		return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(collector.Host))
	case "http":
		return otlptracehttp.New(ctx, otlptracehttp.WithEndpoint(collector.Host), otlptracehttp.WithInsecure())
	}
	return otlptracehttp.New(ctx, otlptracehttp.WithEndpoint(collector.Host))
}

// Close sends the spans that wait, within two seconds.
func (t *Tracer) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	if err := t.stop(ctx); err != nil {
		slog.WarnContext(ctx, "the last spans were not delivered", "error", err)
	}
	return nil
}

// Request begins the span of a request from outside: part of the trace that it came with, or the first of a new one.
func (t *Tracer) Request(r *http.Request) (context.Context, trace.Span) {
	return t.Start(With(r.Context(), r.Header.Get(Header)), r.Method, trace.WithSpanKind(trace.SpanKindServer))
}
