package trace_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/todoplatform/todoplatform/services/internal/trace"
)

func TestRequestsAreSampled(t *testing.T) {
	request := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	if ctx, _ := trace.None().Request(request); trace.ID(ctx) != "" {
		t.Error("a trace begins although none is wanted")
	}
	spans := tracetest.NewSpanRecorder()
	tracer := trace.To("todo-api", spans, 0.5)
	ids := map[string]bool{}
	const requests = 1000
	for range requests {
		ctx, span := tracer.Request(request)
		span.End()
		ids[trace.ID(ctx)] = true
	}
	if sampled := len(spans.Ended()); len(ids) != requests || sampled < 400 || sampled > 600 {
		t.Errorf("%d traces of %d requests, %d of them with spans", len(ids), requests, sampled)
	}
}

func TestRequestsGoOnWithTheTraceThatTheyComeWith(t *testing.T) {
	request := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	request.Header.Set(trace.Header, parent)
	if ctx, _ := trace.None().Request(request); trace.Parent(ctx) != parent {
		t.Errorf("without spans, a request of %s is part of %s", parent, trace.Parent(ctx))
	}
	for _, sampling := range []float64{0, 1} {
		spans := tracetest.NewSpanRecorder()
		tracer := trace.To("todo-api", spans, sampling)
		for _, flags := range []string{"00", "01"} {
			request.Header.Set(trace.Header, strings.TrimSuffix(parent, "01")+flags)
			ctx, span := tracer.Request(request)
			span.End()
			if trace.ID(ctx) != id || !strings.HasSuffix(trace.Parent(ctx), flags) {
				t.Errorf("a request of the trace %s with the flags %s is part of %s", id, flags, trace.Parent(ctx))
			}
		}
		// Whoever began the trace has decided.
		if ended := spans.Ended(); len(ended) != 1 || ended[0].Parent().SpanID().String() != "00f067aa0ba902b7" || ended[0].SpanKind() != oteltrace.SpanKindServer {
			t.Errorf("at a sampling of %v, the request whose trace is sampled and the other have the spans %v", sampling, ended)
		}
	}
}

func TestParseSampling(t *testing.T) {
	for text, want := range map[string]float64{"": 0, "0": 0, "0.01": 0.01, "1": 1} {
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

func TestConnect(t *testing.T) {
	for _, text := range []string{"", "grpc://127.0.0.1:1", "grpcs://127.0.0.1:1", "http://127.0.0.1:1", "https://127.0.0.1:1"} {
		collector, err := trace.ParseCollector(text)
		if err != nil || text == "" && collector != nil {
			t.Fatalf("%q: %v, %v", text, collector, err)
		}
		tracer, err := trace.Connect(t.Context(), "todo-api", trace.Config{Collector: collector, Sampling: 1})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if err := tracer.Close(t.Context()); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"collector:4317", "grpc://collector", "grpc://collector:4317/v1", "zipkin://collector:9411", (&url.URL{Host: "collector:1"}).String()} {
		if collector, err := trace.ParseCollector(text); err == nil {
			t.Errorf("%q became %v", text, collector)
		}
	}
}
