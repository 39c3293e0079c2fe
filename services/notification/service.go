package notification

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
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
)

// Run serves until ctx ends or a part fails, then stops taking events and jobs and finishes
// the mails under way.
func Run(ctx context.Context, cfg Config) error {
	logger, err := telemetry.NewLogger(os.Stderr, contract.Notification, cfg.LogLevel)
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
	component := contract.DatabaseComponent(contract.Notification)
	db := store.Open(client, component, contract.Schema(contract.Notification))
	registry := telemetry.NewRegistry()
	mailOn := cfg.SMTP.Host != ""
	if !mailOn {
		slog.WarnContext(ctx, "no mail server is configured: reminders reach the app only")
	}
	metrics := newMetrics(registry, mailOn)
	reminders := reminderStore{db}
	relay := outbox.New(outbox.Config{
		DB: db, Publisher: client, Source: contract.Notification,
		PubSub: contract.PubSub, Topics: []string{contract.TopicReminders}, Registry: registry,
	})

	postman := newPostman(cfg, db, client, metrics, relay.Kick)
	mails := newLoop("mails", mailInterval, postman.runOnce)
	firer := &firer{reminders: reminders, mail: mailOn, now: time.Now, metrics: metrics, onFired: func() {
		mails.kick()
		relay.Kick()
	}}
	sweep := newLoop("sweep", sweepInterval, firer.sweepOnce)
	prune := newLoop("prune", pruneInterval, firer.pruneOnce)
	alarms := newLoop("alarms", armInterval, (&armer{reminders: reminders, sidecar: client, now: time.Now, metrics: metrics}).runOnce)
	consumer := &consumer{reminders: reminders, now: time.Now, metrics: metrics, onApplied: func(set int) {
		relay.Kick()
		if set > 0 {
			alarms.kick()
			sweep.kick()
		}
	}}
	server := dapr.NewServer()
	server.HandleTopic(contract.TopicTaskEvents, consumer.handle)
	server.HandleJobs(firer.ring)
	probes := lifecycle.NewHealth(registry, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return client.Ready(ctx, component, contract.PubSub)
	}})

	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return client.Close() })
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })
	parts.Go("relay", relay.Run)
	if mailOn {
		parts.Add("mails under way", postman.drain)
		parts.Go("mails", mails.run)
	}
	parts.Go("alarms", alarms.run)
	parts.Go("sweep", sweep.run)
	parts.Go("prune", prune.run)
	parts.Go("callbacks", func(ctx context.Context) error { return server.Serve(ctx, app) })
	parts.Add("readiness", func(context.Context) error { probes.Draining(); return nil })
	probes.Ready()
	return parts.Wait(ctx)
}
