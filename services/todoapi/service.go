package todoapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/feed"
	"github.com/todoplatform/todoplatform/services/todoapi/previews"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/web"
)

const apiPrefix = "/api/v1"

// Run serves until ctx ends or a part fails, then finishes what is under way.
func Run(ctx context.Context, cfg Config) error {
	listeners, err := lifecycle.Begin(ctx, contract.TodoAPI, cfg.LogLevel, cfg.PublicAddress, cfg.HealthAddress, cfg.AppAddress)
	if err != nil {
		return err
	}
	return run(ctx, cfg, listeners[0], listeners[1], listeners[2])
}

func run(ctx context.Context, cfg Config, public, health, app net.Listener) error {
	sidecar, err := dapr.Connect(ctx, cfg.Dapr)
	if err != nil {
		return err
	}
	registry := telemetry.NewRegistry()
	component := contract.DatabaseComponent(contract.TodoAPI)
	probes := lifecycle.NewHealth(registry, cfg.DrainDelay, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return sidecar.Ready(ctx, component, contract.PubSub, contract.SecretStore)
	}})
	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return sidecar.Close() })
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })

	keys, err := signingKeys(ctx, sidecar, cfg.KeysSecret)
	if err != nil {
		return errors.Join(err, parts.Stop())
	}
	db := store.Open(sidecar, component, contract.Schema(contract.TodoAPI))
	relay := outbox.New(outbox.Config{
		DB: db, Publisher: sidecar, Source: contract.TodoAPI, PubSub: contract.PubSub,
		Topics: []string{contract.TopicTaskEvents, contract.TopicTaskUpdates}, Registry: registry,
	})
	accounts, err := account.NewService(db, keys, relay.Kick, time.Now)
	if err != nil {
		return errors.Join(err, parts.Stop())
	}
	tasks := task.NewService(db, relay.Kick)
	changes := feed.NewService(db, sidecar)

	callbacks := dapr.NewServer()
	accounts.Methods(callbacks)
	tasks.Methods(callbacks)
	changes.Methods(callbacks)

	handler, err := routes(cfg, registry, accounts, tasks, changes)
	if err != nil {
		return errors.Join(err, parts.Stop())
	}
	parts.Go("relay", relay.Run)
	parts.Go("prune", accounts.Prune)
	parts.Go("callbacks", func(ctx context.Context) error { return callbacks.Serve(ctx, app) })
	parts.Go("public", func(ctx context.Context) error {
		return lifecycle.ServeHTTP(ctx, httpapi.NewServer(handler), public)
	})
	parts.Add("readiness", probes.Drain)
	probes.Ready()
	return parts.Wait(ctx)
}

// signingKeys reads the keys that sign access tokens, once the sidecar is there.
func signingKeys(ctx context.Context, sidecar *dapr.Client, secret string) (*auth.Keys, error) {
	if err := sidecar.WaitReady(ctx, contract.SecretStore); err != nil {
		return nil, err
	}
	values, err := sidecar.Secret(ctx, secret)
	if err != nil {
		return nil, err
	}
	keys, err := auth.ParseKeys([]byte(values[contract.SecretKeySigning]))
	if err != nil {
		return nil, fmt.Errorf("key %s of Secret %s: %w", contract.SecretKeySigning, secret, err)
	}
	return keys, nil
}

// routes is everything that people and programs reach.
func routes(cfg Config, registry prometheus.Registerer, accounts *account.Service, tasks *task.Service, changes *feed.Service) (http.Handler, error) {
	mux := http.NewServeMux()
	api := httpapi.New(mux, "TodoPlatform", "1", apiPrefix)
	accounts.Routes(api, cfg.secureCookies())
	tasks.Routes(api, accounts.VerifyToken)
	changes.Routes(api, accounts.VerifyToken)
	previews.NewService(accounts.Zone, time.Now).Routes(api, accounts.VerifyToken)
	mux.HandleFunc("GET /.well-known/jwks.json", accounts.PublicKeys)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		httpapi.WriteProblem(w, r, failure.New(failure.NotFound, "there is no such operation; %s/openapi.json lists all", apiPrefix))
	})
	mux.Handle("/", web.Handler())

	// Browsers send the refresh cookie only from our own pages; older ones are told apart by Origin.
	guard := http.NewCrossOriginProtection()
	if cfg.PublicURL != nil {
		if err := guard.AddTrustedOrigin(cfg.PublicURL.Scheme + "://" + cfg.PublicURL.Host); err != nil {
			return nil, fmt.Errorf("trust the public URL: %w", err)
		}
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpapi.WriteProblem(w, r, failure.New(failure.Forbidden, "pages of other origins may not change anything here"))
	}))
	return httpapi.Handler(guard.Handler(mux), registry), nil
}
