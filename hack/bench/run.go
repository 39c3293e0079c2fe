package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/hack/bench/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/bench/internal/load"
	"github.com/todoplatform/todoplatform/hack/bench/internal/report"
	"github.com/todoplatform/todoplatform/hack/bench/internal/seed"
	"github.com/todoplatform/todoplatform/hack/bench/internal/sockets"
	"github.com/todoplatform/todoplatform/hack/bench/internal/target"
	"github.com/todoplatform/todoplatform/hack/bench/internal/token"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// Names that the operator gives, as in controllers/internal/render.
const (
	keysSecret     = "todo-api-keys"
	databaseSecret = "postgres-admin" //nolint:gosec // names a Secret
	databaseURL    = "url"
	database       = "statefulset/postgres"
	databasePort   = 5432
)

// openTasks is how many tasks of each user the load may change.
const openTasks = 200

// bench is a run under way.
type bench struct {
	options
	cluster *cluster.Cluster
	users   []*load.User
	lag     *sockets.Lag
	load    *load.Load
	sockets *sockets.Set // nil: none is open
	report  *report.Report
	// processors says who used this machine in each phase.
	processors report.Table
	log        io.Writer
}

// run measures, in the order in which one measurement disturbs the next the least, and
// prints the report to out. What it is doing goes to log.
func run(ctx context.Context, o options, out, log io.Writer) error {
	var before *report.Report
	if o.compare != "" {
		var err error
		if before, err = report.Load(o.compare); err != nil {
			return err
		}
	}
	b, err := prepare(ctx, o, log)
	if err != nil {
		return err
	}
	for _, measure := range []func(context.Context) error{
		b.warmUp, b.openSockets, b.measureCost, b.measureLoad, b.measureViews, b.measureTalk, b.measureSnapshot, b.saturateLoad, b.measureImport, b.finish,
	} {
		if err := measure(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if o.out != "" {
		if err := b.report.Save(o.out); err != nil {
			return err
		}
	}
	return b.report.Print(out, before)
}

// prepare finds the cluster, seeds it and signs the users in.
func prepare(ctx context.Context, o options, log io.Writer) (*bench, error) {
	found, err := cluster.Find(o.name)
	if err != nil {
		return nil, err
	}
	if err := target.Check(found.URL); err != nil {
		return nil, err
	}
	image, err := found.Image(ctx, o.namespace, contract.TodoAPI)
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, cluster: found, lag: sockets.NewLag(), log: log, report: &report.Report{
		Label: cmp.Or(o.label, image), At: time.Now().UTC().Truncate(time.Second), Settings: o.settings(),
	}, processors: report.Table{Title: "Processors (%)", Columns: []string{"cluster", thisProgram, "others"}}}
	seeded, err := b.seed(ctx)
	if err != nil {
		return nil, err
	}
	if b.users, err = b.signIn(ctx, seeded); err != nil {
		return nil, err
	}
	b.load = load.New(b.users, func(w load.Written, at time.Time) { b.lag.Answered(w.TaskID, w.Version, at) })
	return b, nil
}

func (b *bench) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(b.log, format+"\n", args...) // progress only
}

// seed fills the database through a port that is closed again before anything is measured.
func (b *bench) seed(ctx context.Context) ([]seed.User, error) {
	address, err := b.cluster.SecretKey(ctx, b.namespace, databaseSecret, databaseURL)
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(string(address))
	if err != nil {
		return nil, fmt.Errorf("read the URL of the database: %w", err)
	}
	port, stop, err := b.cluster.Forward(ctx, b.namespace, database, databasePort)
	if err != nil {
		return nil, err
	}
	defer stop()
	config.Host, config.Port = "127.0.0.1", port
	db, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = db.Close(context.WithoutCancel(ctx)) }()
	return seed.Run(ctx, db, b.size, openTasks, b.printf)
}

func (b *bench) signIn(ctx context.Context, seeded []seed.User) ([]*load.User, error) {
	keys, err := b.cluster.SecretKey(ctx, b.namespace, keysSecret, contract.SecretKeySigning)
	if err != nil {
		return nil, err
	}
	issuer, err := token.NewIssuer(keys)
	if err != nil {
		return nil, err
	}
	now, shared := time.Now(), target.Client(0)
	users := make([]*load.User, len(seeded))
	for i, user := range seeded {
		api := client.New(b.cluster.URL, shared)
		if api.Grant.AccessToken, err = issuer.Issue(user.ID, user.Session, now); err != nil {
			return nil, err
		}
		users[i] = load.NewUser(user.ID, user.Large, api, user.Open)
	}
	return users, nil
}
