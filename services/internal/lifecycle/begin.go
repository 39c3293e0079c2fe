package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/todoplatform/todoplatform/services/internal/telemetry"
)

// Begin has the process log as an app and opens a TCP listener for each address, as
// Listen does.
func Begin(ctx context.Context, app, logLevel string, addresses ...string) ([]net.Listener, error) {
	logger, err := telemetry.NewLogger(os.Stderr, app, logLevel)
	if err != nil {
		return nil, err
	}
	slog.SetDefault(logger)
	return Listen(ctx, addresses...)
}

// Listen opens a TCP listener for each address, in their order. All are open before
// any part starts, so that a port that is taken ends the process at once. After an
// error none is open.
func Listen(ctx context.Context, addresses ...string) ([]net.Listener, error) {
	var config net.ListenConfig
	var listeners []net.Listener
	for _, address := range addresses {
		listener, err := config.Listen(ctx, "tcp", address)
		if err != nil {
			err = fmt.Errorf("listen: %w", err)
			for _, open := range listeners {
				err = errors.Join(err, open.Close())
			}
			return nil, err
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}
