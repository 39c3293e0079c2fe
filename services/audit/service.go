// Package audit keeps every event of a user in a log that only grows: once, without
// holes, and chained by hashes so that tampering shows. See package chain.
package audit

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/catchup"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
)

// Config is what the service is told from outside.
type Config struct {
	lifecycle.Config
	// HeadKeysSecret is the name of the Secret with the keys that sign platform heads. Empty: there are none.
	HeadKeysSecret string
	// RetentionDays is for how many days entries are kept at least. 0: for ever.
	RetentionDays int
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	common, err := lifecycle.ConfigFromEnv()
	if err != nil {
		return Config{}, err
	}
	days, err := lifecycle.DaysFromEnv(contract.EnvAuditRetentionDays, minRetentionDays, maxRetentionDays)
	return Config{Config: common, HeadKeysSecret: os.Getenv(contract.EnvHeadKeysSecret), RetentionDays: days}, err
}

// catchUpInterval is the pause between two rounds over all users in search of changes that
// no event brought.
const catchUpInterval = 20 * time.Second

// Run serves until ctx ends or a part fails, then finishes what is under way.
func Run(ctx context.Context, cfg Config) error {
	listeners, err := lifecycle.Begin(ctx, contract.Audit, cfg.LogLevel, cfg.HealthAddress, cfg.AppAddress)
	if err != nil {
		return err
	}
	return run(ctx, cfg, listeners[0], listeners[1])
}

func run(ctx context.Context, cfg Config, health, app net.Listener) error {
	sidecar, err := dapr.Connect(ctx, cfg.Dapr)
	if err != nil {
		return err
	}
	registry := telemetry.NewRegistry()
	component := contract.DatabaseComponent(contract.Audit)
	db := store.Open(sidecar, component, contract.Schema(contract.Audit))
	entries := entryStore{db: db}
	platform := headStore{db}
	eraser := entries.newEraser()
	metrics := newMetrics(registry)
	consumer := &consumer{log: entries, todoAPI: sidecar, metrics: metrics, now: time.Now, buried: eraser.Kick}

	server := dapr.NewServer(contract.Audit, sidecar, registry)
	server.HandleHealth(db.Healthy)
	server.HandleTopic(contract.TopicTaskEvents, consumer.handleChange)
	server.HandleTopic(contract.TopicReminders, consumer.handleReminder)
	calls.ListEntries.Handle(server, entries.listEntries)
	calls.ListPlatformHeads.Handle(server, platform.listPlatformHeads)
	probes := lifecycle.NewHealth(registry, cfg.DrainDelay, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return sidecar.Ready(ctx, component, contract.PubSub)
	}})
	probes.Handle("GET "+contract.HeadsPath, platform)

	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return sidecar.Close() })
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })
	needed := []string{component}
	if cfg.HeadKeysSecret != "" {
		needed = append(needed, contract.SecretStore)
	}
	if err := sidecar.WaitReady(ctx, needed...); err != nil {
		return errors.Join(err, parts.Stop(), app.Close())
	}
	signer, err := headSigner(ctx, sidecar, cfg.HeadKeysSecret)
	if err != nil {
		return errors.Join(err, parts.Stop(), app.Close())
	}
	if err := db.WaitSchema(ctx, Schema(), probes.Waits); err != nil {
		return errors.Join(err, parts.Stop(), app.Close())
	}
	watch := &catchup.Watch{Via: sidecar, Progress: entries.progress, CatchUp: consumer.catchUp}
	parts.Go("catch up", loop.New(loop.Config{Name: "catch up", Interval: catchUpInterval, Pass: watch.Pass}).Run)
	parts.Go(eraser.Name, eraser.Run)
	if cfg.HeadKeysSecret != "" {
		maker := headMaker{heads: platform, signer: signer, metrics: metrics}.loop()
		parts.Go(maker.Name, maker.Run)
	}
	if cfg.RetentionDays > 0 {
		dropper := entries.newDropper(cfg.RetentionDays)
		parts.Go(dropper.Name, dropper.Run)
	}
	parts.Go("callbacks", func(ctx context.Context) error { return server.Serve(ctx, app) })
	parts.Add("readiness", probes.Drain)
	probes.Ready()
	return parts.Wait(ctx)
}
