package notification

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/catchup"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
	"github.com/todoplatform/todoplatform/services/notification/push"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

// catchUpInterval is the pause between two rounds over all users in search of changes that
// no event brought.
const catchUpInterval = 20 * time.Second

// Run serves until ctx ends or a part fails, then stops taking events and jobs and finishes
// the mails under way.
func Run(ctx context.Context, cfg Config) error {
	listeners, err := lifecycle.Begin(ctx, contract.Notification, cfg.LogLevel, cfg.AppAddress, cfg.HealthAddress)
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
	component := contract.DatabaseComponent(contract.Notification)
	probes := lifecycle.NewHealth(registry, cfg.DrainDelay, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return sidecar.Ready(ctx, component, contract.PubSub)
	}})
	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return sidecar.Close() })
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })

	if err := sidecar.WaitReady(ctx, component, contract.PubSub); err != nil {
		return errors.Join(err, parts.Stop(), app.Close())
	}
	db := store.Open(sidecar, component, contract.Schema(contract.Notification))
	if err := db.WaitSchema(ctx, Schema(), probes.Waits); err != nil {
		return errors.Join(err, parts.Stop(), app.Close())
	}
	keys, err := pushKeys(ctx, sidecar, cfg.PushKeysSecret)
	if err != nil {
		return errors.Join(err, parts.Stop(), app.Close())
	}
	start(&parts, cfg, keys, sidecar, db, registry, app)
	parts.Add("readiness", probes.Drain)
	probes.Ready()
	return parts.Wait(ctx)
}

// start builds the parts that do the work and starts them. They stop in reverse: first
// nothing new comes in, then what is under way ends, at last its events go out.
func start(parts *lifecycle.Stack, cfg Config, keys push.Keys, sidecar *dapr.Client, db *store.DB, registry *prometheus.Registry, app net.Listener) {
	mailOn := cfg.SMTP.Host != ""
	metrics := newMetrics(registry, mailOn)
	reminders := reminderStore{db}
	relay := outbox.New(outbox.Config{
		DB: db, Publisher: sidecar, Source: contract.Notification,
		PubSub: contract.PubSub, Topics: []string{contract.TopicReminders}, Registry: registry,
	})
	parts.Go("relay", relay.Run)

	kickMails, kickNotices := func() {}, func() {}
	if mailOn {
		reminderMails, noticeMails := newPostmen(cfg, db, sidecar, metrics, relay.Kick)
		kickMails = deliver(parts, "mails", reminderMails.crew())
		kickNotices = deliver(parts, "notices", noticeMails.crew())
	} else {
		slog.Warn("no mail server is configured: reminders reach the app only")
	}

	reminderPushers, digestPushers := newPushers(cfg, keys, db, sidecar, metrics, relay.Kick)
	kickPushes := deliver(parts, "pushes", reminderPushers.crew())
	kickDigests := deliver(parts, "digest pushes", digestPushers.crew())

	firer := &firer{reminders: reminders, mail: mailOn, now: time.Now, metrics: metrics}
	sweep := loop.New(loop.Config{Name: "sweep", Interval: sweepInterval, Pass: firer.sweepOnce})
	alarm := time.AfterFunc(0, sweep.Kick)
	firer.sweepIn = func(after time.Duration) { alarm.Reset(after) }
	firer.onFired = func() {
		relay.Kick()
		kickMails()
		kickPushes()
		// Where one was due, many may be: the sweep fires them in fewer transactions than their jobs.
		sweep.Kick()
	}
	prune := loop.New(loop.Config{Name: "prune", Interval: pruneInterval, Pass: firer.pruneOnce})
	armer := &armer{reminders: reminders, sidecar: sidecar, now: time.Now, metrics: metrics}
	alarms := loop.New(loop.Config{Name: "alarms", Interval: armInterval, Pass: armer.runOnce})
	digester := &digester{db: db, mail: mailOn, now: time.Now, onIssued: func() {
		kickNotices()
		kickDigests()
	}}
	digests := loop.New(loop.Config{Name: "digests", Interval: digestInterval, Pass: digester.issueOnce})
	for _, work := range []*loop.Loop{sweep, prune, alarms, digests} {
		parts.Go(work.Name, work.Run)
	}

	people := newPeople(db)
	webhooks := webhookStore{db}
	courier := &courier{store: webhooks, sender: webhook.NewSender(cfg.WebhookNetworks, time.Now), todoAPI: sidecar, now: time.Now, metrics: metrics}
	couriers := courier.crew()
	sending := couriers.loop("webhooks")
	courier.onEnded = sending.Kick
	couriers.start(parts, sending)
	for _, work := range webhookLoops(webhooks, metrics, time.Now) {
		parts.Go(work.Name, work.Run)
	}
	parts.Add("progress", people.save)
	consumer := &consumer{
		reminders: reminders, notices: noticeStore{db}, givenUp: givenUpStore{db}, mail: mailOn, people: people, todoAPI: sidecar,
		webhooks: &forwarder{store: webhooks, people: people, todoAPI: sidecar, now: time.Now, metrics: metrics, link: newWriter(cfg, sidecar).link, onWaiting: sending.Kick},
		now:      time.Now, metrics: metrics, onNotice: kickNotices, onApplied: func(set int) {
			relay.Kick()
			if set > 0 {
				alarms.Kick()
				sweep.Kick()
			}
		},
	}
	learner := &learner{people: people, resync: consumer.resync}
	watch := &catchup.Watch{Via: sidecar, Progress: people.progress, CatchUp: consumer.catchUp}
	for _, work := range []*loop.Loop{
		loop.New(loop.Config{Name: "progress", Interval: saveInterval, Pass: people.saveOnce}),
		loop.New(loop.Config{Name: "catch up", Interval: catchUpInterval, Pass: watch.Pass}),
		loop.New(loop.Config{Name: "learn", Interval: learnInterval, Pass: learner.learnOnce}),
	} {
		parts.Go(work.Name, work.Run)
	}
	server := dapr.NewServer(contract.Notification, sidecar, registry)
	server.HandleTopic(contract.TopicTaskEvents, consumer.handle)
	server.HandleJobs(firer.ring)
	webhooks.methods(server, sending.Kick)
	reminderPushers.store.methods(server, keys.Public)
	givenUpStore{db}.methods(server, func() { kickMails(); kickPushes() })
	server.HandleHealth(db.Healthy)
	parts.Go("callbacks", func(ctx context.Context) error { return server.Serve(ctx, app) })
}

// deliver starts a crew and returns how to have it look for work at once.
func deliver[T any](parts *lifecycle.Stack, name string, crew *crew[T]) (kick func()) {
	work := crew.loop(name)
	crew.start(parts, work)
	return work.Kick
}
