package recurringtask

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
)

// Run serves until ctx ends or a part fails, then finishes what is under way.
func Run(ctx context.Context, cfg Config) error {
	logger, err := telemetry.NewLogger(os.Stderr, contract.RecurringTask, cfg.LogLevel)
	if err != nil {
		return err
	}
	slog.SetDefault(logger)
	var listen net.ListenConfig
	app, err := listen.Listen(ctx, "tcp", cfg.AppAddress)
	if err != nil {
		return fmt.Errorf("listen for the sidecar: %w", err)
	}
	health, err := listen.Listen(ctx, "tcp", cfg.HealthAddress)
	if err != nil {
		return errors.Join(fmt.Errorf("listen for probes: %w", err), app.Close())
	}
	return run(ctx, cfg, app, health)
}

func run(ctx context.Context, cfg Config, app, health net.Listener) error {
	client, err := dapr.Connect(ctx, cfg.Dapr)
	if err != nil {
		return err
	}
	registry := telemetry.NewRegistry()
	metrics := newMetrics(registry)
	advancer := &advancer{todoAPI: client, metrics: metrics}
	sweeper := &sweeper{todoAPI: client, advancer: advancer, metrics: metrics}
	server := dapr.NewServer()
	server.HandleTopic(contract.TopicTaskEvents, advancer.handle)
	probes := lifecycle.NewHealth(registry, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return client.Ready(ctx, contract.PubSub)
	}})

	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return client.Close() })
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })
	parts.Go("sweep", sweeper.run)
	parts.Go("callbacks", func(ctx context.Context) error { return server.Serve(ctx, app) })
	parts.Add("readiness", func(context.Context) error { probes.Draining(); return nil })
	probes.Ready()
	return parts.Wait(ctx)
}
