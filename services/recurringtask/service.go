package recurringtask

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
)

// sidecarTimeout bounds the wait for the sidecar at the start; after it the process ends, and
// its restart is visible.
const sidecarTimeout = time.Minute

// Run serves until ctx ends or a part fails, then finishes what is under way.
func Run(ctx context.Context, cfg Config) error {
	logger, err := telemetry.NewLogger(os.Stderr, contract.RecurringTask, cfg.LogLevel)
	if err != nil {
		return err
	}
	slog.SetDefault(logger)
	listeners, err := lifecycle.Listen(ctx, cfg.AppAddress, cfg.HealthAddress)
	if err != nil {
		return err
	}
	return run(ctx, cfg, listeners[0], listeners[1])
}

func run(ctx context.Context, cfg Config, app, health net.Listener) error {
	sidecar, err := dapr.Connect(ctx, cfg.Dapr)
	if err != nil {
		return err
	}
	registry := telemetry.NewRegistry()
	metrics := newMetrics(registry)
	advancer := &advancer{todoAPI: sidecar, metrics: metrics}
	sweeper := &sweeper{todoAPI: sidecar, advancer: advancer, metrics: metrics}
	server := dapr.NewServer()
	server.HandleTopic(contract.TopicTaskEvents, advancer.handle)
	probes := lifecycle.NewHealth(registry, cfg.DrainDelay, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return sidecar.Ready(ctx, contract.PubSub)
	}})

	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return sidecar.Close() })
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })
	waiting, cancel := context.WithTimeout(ctx, sidecarTimeout)
	defer cancel()
	if err := sidecar.WaitReady(waiting, contract.PubSub); err != nil {
		return errors.Join(fmt.Errorf("wait for the sidecar: %w", err), parts.Stop(), app.Close())
	}
	parts.Go("sweep", sweeper.run)
	parts.Go("callbacks", func(ctx context.Context) error { return server.Serve(ctx, app) })
	parts.Add("readiness", probes.Drain)
	probes.Ready()
	return parts.Wait(ctx)
}
