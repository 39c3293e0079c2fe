package dapr

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"slices"

	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// tokenKey is where service and sidecar show each other their tokens.
const tokenKey = "dapr-api-token" //nolint:gosec // names a key of metadata

// withToken shows the API token with each call. The SDK's own way would replace the
// rest of the outgoing metadata.
func withToken(token string) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
		return invoke(metadata.AppendToOutgoingContext(ctx, tokenKey, token), method, req, reply, conn, options...)
	}
}

// guard refuses calls that do not show the app's token. The sidecar makes those that are refused again, but
// for invocations, whose caller is told.
func (s *Server) guard(ctx context.Context, request any, call *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if !s.trusts(ctx, call.FullMethod) {
		slog.WarnContext(ctx, "refused a call that does not come from the sidecar", "method", call.FullMethod)
		return nil, status.Error(codes.Unauthenticated, tokenKey+" is missing or wrong")
	}
	return handle(ctx, request)
}

// trusts tells whether a call comes from the sidecar. It may hold more tokens than one: daprd hands on the headers of a
// record under their names.
func (s *Server) trusts(ctx context.Context, method string) bool {
	if !s.sidecar.showsToken(ctx, method) {
		return true
	}
	return slices.ContainsFunc(metadata.ValueFromIncomingContext(ctx, tokenKey), func(token string) bool {
		return subtle.ConstantTimeCompare([]byte(token), []byte(s.sidecar.appToken)) == 1
	})
}

// firstToShowToken is the release of Dapr that shows the app's token with events and jobs, too. Those before
// show it with invocations alone.
var firstToShowToken = []int{1, 16, 2}

// showsToken tells whether the sidecar shows the app's token when it calls method. No release does with
// questions, whose answers are no secret.
func (c *Client) showsToken(ctx context.Context, method string) bool {
	switch method {
	case runtimev1.AppCallbackHealthCheck_HealthCheck_FullMethodName,
		runtimev1.AppCallback_ListTopicSubscriptions_FullMethodName,
		runtimev1.AppCallback_ListInputBindings_FullMethodName:
		return false
	case runtimev1.AppCallback_OnInvoke_FullMethodName:
		return true
	}
	release, err := c.release(ctx)
	return err != nil || slices.Compare(release, firstToShowToken) >= 0
}

// release gives the numbers of the sidecar's release, which it is asked for once. One that tells none counts as
// later than all others.
func (c *Client) release(ctx context.Context) ([]int, error) {
	if known := c.known.Load(); known != nil {
		return *known, nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	answer, err := c.sdk.GrpcClient().GetMetadata(ctx, &runtimev1.GetMetadataRequest{})
	if err != nil {
		return nil, fmt.Errorf("ask the sidecar for its release: %w", err)
	}
	release := parseRelease(answer.GetRuntimeVersion())
	c.known.Store(&release)
	return release, nil
}

func parseRelease(text string) []int {
	release := make([]int, 3)
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &release[0], &release[1], &release[2]); err != nil {
		const later = 1 << 30
		return []int{later}
	}
	return release
}
