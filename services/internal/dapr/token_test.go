package dapr

import (
	"context"
	"testing"

	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/todoplatform/todoplatform/api/contract"
)

func TestWhoseCallsAreRefused(t *testing.T) {
	const (
		invoke  = runtimev1.AppCallback_OnInvoke_FullMethodName
		event   = runtimev1.AppCallback_OnTopicEvent_FullMethodName
		job     = runtimev1.AppCallbackAlpha_OnJobEventAlpha1_FullMethodName
		binding = runtimev1.AppCallback_OnBindingEvent_FullMethodName
		health  = runtimev1.AppCallbackHealthCheck_HealthCheck_FullMethodName
		topics  = runtimev1.AppCallback_ListTopicSubscriptions_FullMethodName
	)
	right, wrong := []string{"right"}, []string{"wrong"}
	tests := map[string]struct {
		release string
		shown   []string
		methods []string
		refused bool
	}{
		"the sidecar":                       {"1.16.15", right, []string{invoke, event, job, binding, health}, false},
		"a stranger who guesses":            {"1.16.15", wrong, []string{invoke, event, job, binding}, true},
		"a stranger who guesses by halves":  {"1.16.15", []string{"righ"}, []string{invoke, event, job}, true},
		"a stranger":                        {"1.16.15", nil, []string{invoke, event, job, binding}, true},
		"questions of a sidecar":            {"1.16.15", nil, []string{health, topics}, false},
		"an old sidecar":                    {"1.16.1", nil, []string{event, job}, false},
		"a stranger beside an old sidecar":  {"1.16.1", nil, []string{invoke}, true},
		"a guess beside an old sidecar":     {"1.16.1", wrong, []string{invoke}, true},
		"a header that an old one hands on": {"1.16.1", wrong, []string{event}, false},
		"the first that shows it always":    {"1.16.2", nil, []string{event, job}, true},
		"a later one":                       {"1.17.0-rc.1", nil, []string{event, job}, true},
		"one that does not tell":            {"edge", nil, []string{event, job}, true},
		"a record with a token in a header": {"1.16.15", []string{"wrong", "right"}, []string{event}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sidecar := &Client{appToken: "right"}
			release := parseRelease(test.release)
			sidecar.known.Store(&release)
			server := NewServer(contract.Audit, sidecar, prometheus.NewRegistry())
			ctx := metadata.NewIncomingContext(t.Context(), metadata.MD{tokenKey: test.shown})
			for _, method := range test.methods {
				handled := false
				_, err := server.guard(ctx, nil, &grpc.UnaryServerInfo{FullMethod: method}, func(context.Context, any) (any, error) {
					handled = true
					return nil, nil
				})
				if test.refused != (status.Code(err) == codes.Unauthenticated) || test.refused == handled {
					t.Errorf("%s: error %v, handled %t", method, err, handled)
				}
			}
		})
	}
}
