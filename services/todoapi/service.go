package todoapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/allowance"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/telemetry"
	"github.com/todoplatform/todoplatform/services/internal/trace"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/admin"
	"github.com/todoplatform/todoplatform/services/todoapi/calendar"
	"github.com/todoplatform/todoplatform/services/todoapi/chat"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/comment"
	"github.com/todoplatform/todoplatform/services/todoapi/feed"
	"github.com/todoplatform/todoplatform/services/todoapi/mcp"
	"github.com/todoplatform/todoplatform/services/todoapi/presence"
	"github.com/todoplatform/todoplatform/services/todoapi/previews"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/push"
	"github.com/todoplatform/todoplatform/services/todoapi/quickadd"
	"github.com/todoplatform/todoplatform/services/todoapi/reminder"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/tag"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
	"github.com/todoplatform/todoplatform/services/todoapi/transfer"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
	"github.com/todoplatform/todoplatform/services/todoapi/web"
	"github.com/todoplatform/todoplatform/services/todoapi/webhook"
)

const apiPrefix = "/api/v1"

// Run serves until ctx ends or a part fails, then finishes what is under way.
func Run(ctx context.Context, cfg Config) error {
	listeners, err := lifecycle.Begin(ctx, contract.TodoAPI, cfg.LogLevel, cfg.PublicAddress, cfg.HealthAddress, cfg.AppAddress)
	if err != nil {
		return err
	}
	return run(ctx, cfg, allowance.New(command.Changes, time.Now), time.Now, listeners[0], listeners[1], listeners[2])
}

// run serves. How many changes users may write, and the day that it is where people speak of days, are
// apart from Config because only tests change them.
func run(ctx context.Context, cfg Config, changes *allowance.Users, today func() time.Time, public, health, app net.Listener) error {
	sidecar, err := dapr.Connect(ctx, cfg.Dapr)
	if err != nil {
		return err
	}
	tracer, err := trace.Connect(ctx, contract.TodoAPI, cfg.Trace)
	if err != nil {
		return errors.Join(err, sidecar.Close())
	}
	registry := telemetry.NewRegistry()
	component := contract.DatabaseComponent(contract.TodoAPI)
	probes := lifecycle.NewHealth(registry, cfg.DrainDelay, lifecycle.Check{Name: "sidecar", Run: func(ctx context.Context) error {
		return sidecar.Ready(ctx, component, contract.ConversationStore, contract.PubSub, contract.SecretStore)
	}})
	var parts lifecycle.Stack
	parts.Add("sidecar connection", func(context.Context) error { return sidecar.Close() })
	parts.Add("spans", tracer.Close)
	parts.Go("health", func(ctx context.Context) error { return probes.Serve(ctx, health) })

	if err := sidecar.WaitReady(ctx, component, contract.SecretStore); err != nil {
		return errors.Join(err, parts.Stop())
	}
	keys, err := signingKeys(ctx, sidecar, cfg.KeysSecret)
	if err != nil {
		return errors.Join(err, parts.Stop())
	}
	db := store.Open(sidecar, component, contract.Schema(contract.TodoAPI))
	if err := db.WaitSchema(ctx, Schema(), probes.Waits); err != nil {
		return errors.Join(err, parts.Stop())
	}
	relay := outbox.New(outbox.Config{
		DB: db, Publisher: sidecar, Source: contract.TodoAPI, PubSub: contract.PubSub,
		Topics: []string{contract.TopicTaskEvents, contract.TopicTaskUpdates}, Registry: registry,
	})
	accounts, err := account.NewService(db, keys, cfg.VerifyEmail, relay.Kick, time.Now)
	if err != nil {
		return errors.Join(err, parts.Stop())
	}
	accounts.Admit(cfg.SignUp, cfg.Owners)
	accounts.KeepSessions(cfg.SessionLifetime, cfg.AccessTokenLifetime)
	retention := cfg.Retention.withDefaults()
	accounts.KeepTrash(retention.TrashDays)
	commands := command.NewService(db, relay, changes)
	rooms := rooms{
		accounts: accounts,
		commands: commands,
		settings: settings.NewService(db, commands),
		projects: project.NewService(db, commands),
		tags:     tag.NewService(db, commands),
		comments: comment.NewService(db, commands),
		tasks:    task.NewService(db, commands, relay.Kick, today),
		changes:  feed.NewService(db, sidecar, accounts.Exported),
	}
	rooms.views = view.NewService(view.Config{
		DB: db, Commands: commands, Tasks: rooms.tasks, Projects: rooms.projects, Settings: rooms.settings, Now: today,
	})
	rooms.admin = admin.NewService(db, sidecar, cfg.Owners, relay.Kick, time.Now)
	rooms.presence = presence.NewService(db)
	rooms.calendar = calendar.NewService(db, relay.Kick, time.Now)
	rooms.webhooks = webhook.NewService(webhook.Config{
		DB: db, Commands: commands, Log: sidecar, Changed: relay.Kick, HTTP: cfg.PlainWebhooks,
	})
	rooms.push = push.NewService(sidecar, cfg.PlainWebhooks)
	rooms.reminders = reminder.NewService(db, keys, rooms.tasks, rooms.settings, commands, time.Now)
	rooms.deliveries = reminder.NewDeliveries(sidecar)
	rooms.transfer = transfer.NewService(db, commands, rooms.settings, accounts.Exported, time.Now)
	rooms.previews = previews.NewService(rooms.settings, today)
	rooms.quickAdd = quickadd.NewService(rooms.previews, commands)
	tools := tool.NewSet(tool.Rooms{
		Tasks: rooms.tasks, Views: rooms.views, Projects: rooms.projects, Tags: rooms.tags, Comments: rooms.comments,
		QuickAdd: rooms.quickAdd, Commands: commands, Now: today,
	})
	if rooms.chat, err = chat.NewService(chat.Config{
		Tools: tools, State: sidecar, Model: cfg.Model, Sidecar: sidecar, Metrics: registry, Now: today, KeepDays: retention.ConversationDays,
	}); err != nil {
		return errors.Join(err, parts.Stop())
	}
	if rooms.agents, err = mcp.NewService(tools); err != nil {
		return errors.Join(err, parts.Stop())
	}
	accounts.Erase(rooms.chat.ForgetAll)

	callbacks := dapr.NewServer(contract.TodoAPI, sidecar, registry)
	callbacks.HandleHealth(db.Healthy)
	rooms.methods(callbacks)

	handler, err := routes(cfg, registry, tracer, rooms)
	if err != nil {
		return errors.Join(err, parts.Stop())
	}
	parts.Go("relay", relay.Run)
	for _, work := range append(append(accounts.Loops(), rooms.transfer.Loop()), pruneLoops(db, retention, time.Now)...) {
		parts.Go(work.Name, work.Run)
	}
	parts.Go("callbacks", func(ctx context.Context) error { return callbacks.Serve(ctx, app) })
	parts.Go("public", func(ctx context.Context) error {
		return lifecycle.ServeHTTP(ctx, httpapi.NewServer(handler), public)
	})
	parts.Add("readiness", probes.Drain)
	probes.Ready()
	return parts.Wait(ctx)
}

// signingKeys reads the keys that sign access tokens.
func signingKeys(ctx context.Context, sidecar *dapr.Client, secret string) (*auth.Keys, error) {
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

// rooms are the parts of the service, one noun each.
type rooms struct {
	accounts *account.Service
	commands *command.Service
	settings *settings.Service
	projects *project.Service
	tags     *tag.Service
	comments *comment.Service
	tasks    *task.Service
	views    *view.Service
	transfer *transfer.Service
	calendar *calendar.Service
	admin    *admin.Service
	changes  *feed.Service
	webhooks *webhook.Service
	push     *push.Service
	presence *presence.Service
	previews *previews.Service
	quickAdd *quickadd.Service
	chat     *chat.Service
	agents   *mcp.Service

	reminders  *reminder.Service
	deliveries *reminder.Deliveries
}

// methods adds what other services may ask.
func (r rooms) methods(server *dapr.Server) {
	r.accounts.Methods(server)
	r.tasks.Methods(server)
	r.views.Methods(server)
	r.changes.Methods(server)
	r.webhooks.Methods(server)
	r.presence.Methods(server)
	r.projects.Methods(server)
}

// operations adds what people and programs may do.
func (r rooms) operations(api huma.API, cfg Config) {
	verify := r.accounts.VerifyToken
	r.accounts.Routes(api, cfg.secureCookies(), cfg.TrustedProxies)
	r.settings.Routes(api, verify)
	r.projects.Routes(api, verify)
	r.tags.Routes(api, verify)
	r.comments.Routes(api, verify)
	r.tasks.Routes(api, verify)
	r.views.Routes(api, verify)
	r.changes.Routes(api, verify)
	r.webhooks.Routes(api, verify)
	r.push.Routes(api, verify)
	r.reminders.Routes(api, r.accounts, cfg.TrustedProxies)
	r.deliveries.Routes(api, verify)
	r.previews.Routes(api, verify)
	r.quickAdd.Routes(api, verify)
	r.chat.Routes(api, verify)

	readers := map[string]command.Reader{}
	for _, more := range []map[string]command.Reader{
		settings.Readers(api), project.Readers(api), tag.Readers(api), comment.Readers(api), task.Readers(api), view.Readers(api),
		r.webhooks.Readers(api),
	} {
		maps.Copy(readers, more)
	}
	r.calendar.Routes(api, verify, apiPrefix)
	r.admin.Routes(api, verify, cfg.PublicURL)
	r.transfer.Routes(api, verify, apiPrefix, maps.Clone(readers))
	r.commands.Routes(api, verify, readers)
}

// routes is everything that people and programs reach.
func routes(cfg Config, registry prometheus.Registerer, tracer *trace.Tracer, rooms rooms) (http.Handler, error) {
	mux := http.NewServeMux()
	api := httpapi.New(mux, "TodoPlatform", "1", apiPrefix)
	limits := httpapi.NewUserLimits(time.Now)
	httpapi.LimitUsers(api, limits)
	rooms.operations(api, cfg)
	describe(api.OpenAPI())
	mux.Handle("GET "+apiPrefix+"/docs", web.Reference())
	mux.HandleFunc("GET /.well-known/jwks.json", rooms.accounts.PublicKeys)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		httpapi.WriteProblem(w, r, failure.New(failure.NotFound, "there is no such operation; %s/openapi.json lists all", apiPrefix))
	})
	httpapi.Resource{
		Path: mcp.Path, Name: "TodoPlatform", Documentation: apiPrefix + "/docs", Public: cfg.PublicURL,
		Scope: auth.ScopeTasksRead, Scopes: []auth.Scope{auth.ScopeTasksRead, auth.ScopeTasksWrite},
	}.Register(mux, rooms.accounts.VerifyToken, limits, rooms.agents)
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
	// Answers are compressed here: not every entry does, and none as well. The web page is already.
	return httpapi.Handler(gzhttp.GzipHandler(guard.Handler(httpapi.CheckMethods(mux))), registry, tracer), nil
}
