package dapr

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/todoplatform/todoplatform/services/internal/trace"
)

// binaryTraceKey is where the sidecar tells the span that a call of it is part of.
const binaryTraceKey = "grpc-trace-bin"

// withTrace has the sidecar's spans of a call belong to the trace of its context.
func withTrace(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	if parent := trace.Parent(ctx); parent != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, trace.Header, parent)
	}
	return invoke(ctx, method, req, reply, conn, options...)
}

// takeTrace has the handler of a call know the trace that the call is part of. A sidecar that makes no spans hands
// on what came with the record.
func takeTrace(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	for _, parent := range metadata.ValueFromIncomingContext(ctx, trace.Header) {
		ctx = trace.With(ctx, parent)
	}
	for _, parent := range metadata.ValueFromIncomingContext(ctx, binaryTraceKey) {
		ctx = trace.WithBinary(ctx, parent)
	}
	return handle(ctx, request)
}
