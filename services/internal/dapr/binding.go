package dapr

import (
	"context"
	"strings"

	sdk "github.com/dapr/go-sdk/client"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Binding invokes operation of the output binding component and returns its data.
// Features do not call it: they reach PostgreSQL through package store.
//
// Two requests that harm are refused as failure.Internal: "close", which ends the
// component for the life of the sidecar, and metadata with a line break, which
// daprd fails to send back although the statement has run.
func (c *Client) Binding(ctx context.Context, component, operation string, metadata map[string]string) ([]byte, error) {
	if operation == "close" {
		return nil, failure.New(failure.Internal, "operation close would end component %s for good", component)
	}
	for key, value := range metadata {
		if strings.ContainsAny(value, "\r\n") {
			return nil, failure.New(failure.Internal, "binding metadata %q must be on one line", key)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, bindingTimeout)
	defer cancel()
	answer, err := c.sdk.InvokeBinding(ctx, &sdk.InvokeBindingRequest{Name: component, Operation: operation, Metadata: metadata})
	if err != nil {
		return nil, failure.Wrap(failure.Unavailable, err, "invoke binding "+component)
	}
	return answer.Data, nil
}
