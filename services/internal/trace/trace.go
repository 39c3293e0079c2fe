// Package trace carries the W3C trace context of what a service handles through its context: from the request or
// the call of the sidecar into calls to the sidecar, the outbox and the log. The spans themselves are the sidecars'.
package trace

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Header is where the trace context travels: of HTTP requests, of gRPC calls and of Kafka records.
const Header = "traceparent"

// With returns ctx as part of the trace that parent names in the form of the header. Without one in that form
// it returns ctx as it is.
func With(ctx context.Context, parent string) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{Header: parent})
}

// Parent names what ctx is part of in the form of the header; empty: no trace.
func Parent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[Header]
}

// ID returns the id of the trace that ctx is part of; empty: none.
func ID(ctx context.Context) string {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		return span.TraceID().String()
	}
	return ""
}

// The binary form of a trace context (OpenCensus BinaryEncoding): a version, and fields that are each preceded by
// their number.
const (
	binaryTraceID = 2
	binarySpanID  = binaryTraceID + 16 + 1
	binaryFlags   = binarySpanID + 8 + 1
	binaryLength  = binaryFlags + 1
)

// WithBinary is With for the form in which the sidecar tells its span with the calls that it makes.
func WithBinary(ctx context.Context, parent string) context.Context {
	if len(parent) != binaryLength || parent[0] != 0 ||
		parent[binaryTraceID-1] != 0 || parent[binarySpanID-1] != 1 || parent[binaryFlags-1] != 2 {
		return ctx
	}
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID:    trace.TraceID([]byte(parent[binaryTraceID:])),
		SpanID:     trace.SpanID([]byte(parent[binarySpanID:])),
		TraceFlags: trace.TraceFlags(parent[binaryFlags]),
	}))
}

// Sampling says of which part of the requests there are spans: 0 is none, and 1 all.
type Sampling float64

// ParseSampling reads a number from 0 to 1; empty text is 0.
func ParseSampling(text string) (Sampling, error) {
	if text == "" {
		return 0, nil
	}
	part, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(part) || part < 0 || part > 1 {
		return 0, fmt.Errorf("%q is not a number from 0 to 1", text)
	}
	return Sampling(part), nil
}

// Of returns the context of a request as part of the trace that it came with, or of a new one. While nothing is
// sampled, none begins.
func (s Sampling) Of(r *http.Request) context.Context {
	ctx := With(r.Context(), r.Header.Get(Header))
	if s == 0 || ID(ctx) != "" {
		return ctx
	}
	return trace.ContextWithRemoteSpanContext(ctx, s.begin())
}

// begin makes up the parent of what a request causes, and decides by the id, as OpenTelemetry's samplers do, whether the
// sidecars make spans of it.
func (s Sampling) begin() trace.SpanContext {
	var config trace.SpanContextConfig
	_, _ = rand.Read(config.TraceID[:]) // never fails
	_, _ = rand.Read(config.SpanID[:])
	place := float64(binary.BigEndian.Uint64(config.TraceID[8:])>>1) / (1 << 63) // from 0 to 1
	config.TraceFlags = config.TraceFlags.WithSampled(place < float64(s))
	return trace.NewSpanContext(config)
}
