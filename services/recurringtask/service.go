package recurringtask

import (
	"context"
	"errors"
	"net"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
)

// Config is what the service is told from outside: no more than every service.
type Config = lifecycle.Config

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) { return lifecycle.ConfigFromEnv() }

// Run serves until ctx ends or a part fails, then finishes what is under way.
func Run(ctx context.Context, cfg Config) error {
	listeners, err := lifecycle.Begin(ctx, contract.RecurringTask, cfg.LogLevel, cfg.AppAddress, cfg.HealthAddress)
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
	server := dapr.NewServer(contract.RecurringTask, sidecar, registry)
	server.HandleTopic(contract.TopicTaskEvents, advancer.handle)
	probes := lifecycle.NewHealth(registry, cfg.DrainDelay, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return sidecar.Ready(ctx, contract.PubSub)
	}})

	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return sidecar.Close() })
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })
	if err := sidecar.WaitReady(ctx, contract.PubSub); err != nil {
		return errors.Join(err, parts.Stop(), app.Close())
	}
	parts.Go("sweep", sweeper.loop().Run)
	parts.Go("callbacks", func(ctx context.Context) error { return server.Serve(ctx, app) })
	parts.Add("readiness", probes.Drain)
	probes.Ready()
	return parts.Wait(ctx)
}
