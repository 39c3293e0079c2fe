// Package realtimesync pushes every change of a user's tasks to the user's open
// connections, WebSockets or streams of Server-Sent Events: in order, without gap or duplicate, on any number of replicas. What
// clients and service say to each other is in package protocol.
//
// Kafka brings changes fast, the change feed of todo-api is the truth: what an event
// does not bring, or brings twice or too early, is mended from the feed.
package realtimesync

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
	"github.com/todoplatform/todoplatform/services/internal/trace"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

const (
	// ticketLifetime is how long a ticket waits for its hello.
	ticketLifetime = 30 * time.Second
	// maxSockets bounds the sockets of a replica, those without a ticket yet included.
	maxSockets = 20_000
	// maxSocketsPerUser bounds the sockets of one user on a replica.
	maxSocketsPerUser = 20
	// presenceLease is for how long others believe in the connections of a replica that is silent.
	presenceLease = time.Minute
	// drainWindow is the time over which a stopping replica spreads the closing of its
	// sockets: well within lifecycle.StopTimeout, and short enough for the last client to be
	// current elsewhere within ten seconds.
	drainWindow = 7 * time.Second
)

// Run serves until ctx ends or a part fails, then drains.
func Run(ctx context.Context, cfg Config) error {
	listeners, err := lifecycle.Begin(ctx, contract.RealtimeSync, cfg.LogLevel, cfg.PublicAddress, cfg.HealthAddress, cfg.AppAddress)
	if err != nil {
		return err
	}
	return run(ctx, cfg, defaultLimits(), listeners[0], listeners[1], listeners[2])
}

// limits are the bounds of the service, apart from Config because only tests change them.
type limits struct {
	ticketLifetime    time.Duration
	maxSockets        int
	maxSocketsPerUser int
	presenceLease     time.Duration
	drainWindow       time.Duration
	timing            timing
}

func defaultLimits() limits {
	return limits{
		ticketLifetime: ticketLifetime, maxSockets: maxSockets, maxSocketsPerUser: maxSocketsPerUser,
		presenceLease: presenceLease, drainWindow: drainWindow, timing: defaultTiming(),
	}
}

func run(ctx context.Context, cfg Config, limits limits, public, health, app net.Listener) error {
	sidecar, err := dapr.Connect(ctx, cfg.Dapr)
	if err != nil {
		return err
	}
	tracer, err := trace.Connect(ctx, contract.RealtimeSync, cfg.Trace)
	if err != nil {
		return errors.Join(err, sidecar.Close())
	}
	registry := telemetry.NewRegistry()
	hub := newHub(limits.maxSocketsPerUser)
	metrics := newMetrics(registry, hub)
	feed := newRemoteFeed(sidecar)
	heads := newHeads(hub, feed)
	presence := newPresence(hub, sidecar, limits.presenceLease)
	room := &room{slots: make(chan struct{}, limits.maxSockets), memory: newMemory(), refused: metrics.refused}
	tickets := &tickets{todoAPI: sidecar, ttl: limits.ticketLifetime}

	origins := origins{public: cfg.PublicURL, refused: metrics.refusedPages}
	mux := http.NewServeMux()
	registerTickets(httpapi.New(mux, "TodoPlatform realtime", "1", "/realtime/v1"), tickets, origins, room)
	host := &host{
		origins: origins, room: room,
		hub: hub, feed: feed, timing: limits.timing, metrics: metrics, tracer: tracer, missed: heads.attend,
	}
	mux.Handle("GET "+protocol.SocketPath, sockets{host})
	mux.Handle("GET "+protocol.StreamPath, streams{host})
	consumer := &consumer{hub: hub}
	callbacks := dapr.NewServer(contract.RealtimeSync, sidecar, registry)
	callbacks.HandleTopic(contract.TopicTaskUpdates, consumer.taskUpdate)
	callbacks.HandleTopic(contract.TopicReminders, consumer.reminder)

	probes := lifecycle.NewHealth(registry, cfg.DrainDelay, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return sidecar.Ready(ctx, contract.PubSubBroadcast)
	}})
	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return sidecar.Close() })
	parts.Add("spans", tracer.Close)
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })
	parts.Go("memory", room.memory.watch)
	parts.Go("callbacks", func(ctx context.Context) error { return callbacks.Serve(ctx, app) })
	parts.Go("public", func(ctx context.Context) error {
		return lifecycle.ServeHTTP(ctx, httpapi.NewServer(httpapi.Handler(httpapi.CheckMethods(mux), registry, tracer)), public)
	})
	parts.Go("heads", heads.loop().Run)
	parts.Go("presence", presence.run)
	parts.Add("sockets", func(ctx context.Context) error { hub.drain(ctx, limits.drainWindow); return nil })
	parts.Add("readiness", func(ctx context.Context) error {
		heads.attend() // the sidecar has unsubscribed
		return probes.Drain(ctx)
	})
	probes.Ready()
	return parts.Wait(ctx)
}
