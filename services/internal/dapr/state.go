package dapr

import (
	"context"
	"strconv"
	"time"

	sdk "github.com/dapr/go-sdk/client"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// SaveState keeps value under key in the state store for ttl, rounded up to whole seconds.
func (c *Client) SaveState(ctx context.Context, store, key string, value []byte, ttl time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	seconds := int64((ttl + time.Second - 1) / time.Second)
	err := c.sdk.SaveState(ctx, store, key, value, map[string]string{"ttlInSeconds": strconv.FormatInt(seconds, 10)})
	return failure.Wrap(failure.Unavailable, err, "save state")
}

// TakeState reads and removes the value under key. Of any number of concurrent
// callers one gets it; for the others, and for a key that is missing or expired, it
// is failure.NotFound.
func (c *Client) TakeState(ctx context.Context, store, key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	item, err := c.sdk.GetStateWithConsistency(ctx, store, key, nil, sdk.StateConsistencyStrong)
	if err != nil {
		return nil, failure.Wrap(failure.Unavailable, err, "read state")
	}
	if len(item.Value) == 0 {
		return nil, failure.New(failure.NotFound, "no such state")
	}
	err = c.sdk.DeleteStateWithETag(ctx, store, key, &sdk.ETag{Value: item.Etag}, nil,
		&sdk.StateOptions{Concurrency: sdk.StateConcurrencyFirstWrite, Consistency: sdk.StateConsistencyStrong})
	if status.Code(err) == codes.Aborted {
		return nil, failure.New(failure.NotFound, "no such state")
	}
	if err != nil {
		return nil, failure.Wrap(failure.Unavailable, err, "remove state")
	}
	return item.Value, nil
}
