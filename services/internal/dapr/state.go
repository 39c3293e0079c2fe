package dapr

import (
	"context"
	"strconv"
	"strings"
	"time"

	sdk "github.com/dapr/go-sdk/client"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// State is a value in a state store.
type State struct {
	Value []byte
	ETag  string // of the value; "" where there is none yet
}

// LoadState reads the value under key; a key that is missing or expired has an empty State.
func (c *Client) LoadState(ctx context.Context, store, key string) (State, error) {
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	item, err := c.sdk.GetStateWithConsistency(ctx, store, key, nil, sdk.StateConsistencyStrong)
	if err != nil {
		return State{}, failure.Wrap(failure.Unavailable, err, "read state")
	}
	return State{item.Value, item.Etag}, nil
}

// SaveState keeps state under key for ttl, rounded up to whole seconds, if what is there is still what
// the ETag is of: otherwise it is failure.Conflict, and the other value stays.
func (c *Client) SaveState(ctx context.Context, store, key string, state State, ttl time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	seconds := int64((ttl + time.Second - 1) / time.Second)
	err := c.sdk.SaveStateWithETag(ctx, store, key, state.Value, state.ETag, map[string]string{"ttlInSeconds": strconv.FormatInt(seconds, 10)},
		sdk.WithConcurrency(sdk.StateConcurrencyFirstWrite), sdk.WithConsistency(sdk.StateConsistencyStrong))
	if isTaken(err) {
		return failure.Wrap(failure.Conflict, err, "save state")
	}
	return failure.Wrap(failure.Unavailable, err, "save state")
}

// isTaken reports whether a write came second. Of a first value the store says so in words alone.
func isTaken(err error) bool {
	return status.Code(err) == codes.Aborted || err != nil && strings.Contains(err.Error(), "no item was updated")
}

// DeleteState removes the value under key, if there is one.
func (c *Client) DeleteState(ctx context.Context, store, key string) error {
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	return failure.Wrap(failure.Unavailable, c.sdk.DeleteState(ctx, store, key, nil), "remove state")
}
