package backup

import (
	"context"
	"fmt"
	"net"
	"time"
)

const (
	// reachTimeout bounds the wait for a way to the database, reachAgain is the pause between two attempts.
	reachTimeout = 30 * time.Second
	reachAgain   = 500 * time.Millisecond
)

// reach waits until an address takes connections. The programs of PostgreSQL, which come after it in the pod, try
// once; a network that enforces policies learns of a new pod a moment after the pod has started.
func reach(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	for {
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return connection.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("reach the database: %w", err)
		case <-time.After(reachAgain):
		}
	}
}
