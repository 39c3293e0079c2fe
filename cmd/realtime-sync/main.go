// Command realtime-sync is the service that pushes changes to open WebSockets.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/todoplatform/todoplatform/services/realtimesync"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "realtime-sync:", err)
		os.Exit(1)
	}
}

func run() error {
	cfg, err := realtimesync.ConfigFromEnv()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return realtimesync.Run(ctx, cfg)
}
