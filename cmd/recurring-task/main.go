// Command recurring-task is the service that gives completed recurring tasks their next occurrence.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/todoplatform/todoplatform/services/recurringtask"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "recurring-task:", err)
		os.Exit(1)
	}
}

func run() error {
	cfg, err := recurringtask.ConfigFromEnv()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return recurringtask.Run(ctx, cfg)
}
