// Package trace carries the W3C trace context of what a service handles through its context: from the request or
// the call of the sidecar into calls to the sidecar, the outbox and the log. The sidecars make the spans of all
// that goes through them; a Tracer makes those of what does not.
package trace

import (
	"context"

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
