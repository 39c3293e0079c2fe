package dapr

import (
	"context"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Secret reads the secret of that name from the platform's secret store: its keys
// and values.
func (c *Client) Secret(ctx context.Context, name string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, secretTimeout)
	defer cancel()
	values, err := c.sdk.GetSecret(ctx, contract.SecretStore, name, nil)
	return values, failure.Wrap(failure.Unavailable, err, "read secret "+name)
}
