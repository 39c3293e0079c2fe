package daprtest

import (
	"context"
	"encoding/hex"
	"net"
	"net/url"
	"sync"
	"testing"

	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// Span is what a sidecar or a service did as a part of a trace.
type Span struct {
	App, Name string
}

// Collector takes spans, as Jaeger does.
type Collector struct {
	collectorv1.UnimplementedTraceServiceServer
	address string

	mu    sync.Mutex
	spans map[string][]Span // by the id of the trace
}

// Collector starts a collector, which the sidecars started later tell of all that they do.
func (e *Env) Collector(t testing.TB) *Collector {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.collector = &Collector{address: listener.Addr().String(), spans: map[string][]Span{}}
	server := grpc.NewServer()
	collectorv1.RegisterTraceServiceServer(server, e.collector)
	Background(t, "the collector", func(ctx context.Context) error {
		defer context.AfterFunc(ctx, server.Stop)()
		return server.Serve(listener)
	})
	return e.collector
}

// URL is where services send theirs.
func (c *Collector) URL() *url.URL { return &url.URL{Scheme: "grpc", Host: c.address} }

// Export takes spans.
func (c *Collector) Export(_ context.Context, request *collectorv1.ExportTraceServiceRequest) (*collectorv1.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range request.GetResourceSpans() {
		var app string
		for _, attribute := range resource.GetResource().GetAttributes() {
			if attribute.GetKey() == "service.name" {
				app = attribute.GetValue().GetStringValue()
			}
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				id := hex.EncodeToString(span.GetTraceId())
				c.spans[id] = append(c.spans[id], Span{App: app, Name: span.GetName()})
			}
		}
	}
	return &collectorv1.ExportTraceServiceResponse{}, nil
}

// Trace returns the spans of a trace that have come.
func (c *Collector) Trace(id string) []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Span{}, c.spans[id]...)
}
