package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

// replica is one of an app, which knows one of the logins.
type replica struct {
	sidecar *daprtest.Sidecar
	db      *store.DB
}

// load calls replicas all the time, the database and the state store in turns, and counts.
type load struct {
	mutex    sync.RWMutex
	replicas []replica
	calls    atomic.Int64
	failures atomic.Int64
}

// use has the load go to replicas. Calls to others have ended when it returns.
func (l *load) use(replicas ...replica) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.replicas = replicas
}

func (l *load) run(ctx context.Context, t *testing.T, worker int) {
	for n := 0; ctx.Err() == nil; n++ {
		if err := l.call(context.WithoutCancel(ctx), worker, n); err != nil {
			l.failures.Add(1)
			t.Errorf("call %d of worker %d: %v", n, worker, err)
			return
		}
		l.calls.Add(1)
	}
}

func (l *load) call(ctx context.Context, worker, n int) error {
	l.mutex.RLock()
	defer l.mutex.RUnlock()
	to := l.replicas[n%len(l.replicas)]
	if n%5 == 0 {
		return to.sidecar.Client.SaveState(ctx, contract.ConversationStore, fmt.Sprintf("%d-%d", worker, n), dapr.State{Value: []byte("1")}, time.Minute)
	}
	return to.db.Call(ctx, "add_item", args{"id": worker*1_000_000 + n, "name": fmt.Sprintf("%d-%d", worker, n)}, nil)
}

// burst has a replica open as many connections as it may.
func (r replica) burst(t *testing.T) {
	var calls sync.WaitGroup
	for range 10 {
		calls.Go(func() {
			if err := r.db.Call(t.Context(), "wait", args{"seconds": 0.5}, nil); err != nil {
				t.Errorf("a new connection: %v", err)
			}
		})
	}
	calls.Wait()
}

// Passwords change while people work: both logins are good while replicas run that know one or the other.
func TestPasswordsRotateUnderLoad(t *testing.T) {
	env := daprtest.New(t)
	schemas := []store.Schema{itemSchema(t), store.StateSchema("conversations"), store.StateSchema("realtime")}
	admin := env.Database(t, itemSchema(t))
	roles := env.Roles()
	migrate := func(id string) {
		t.Helper()
		if err := migration.Run(t.Context(), admin.Config().ConnString(), schemas, roles, id); err != nil {
			t.Fatal(err)
		}
	}
	started := 0
	start := func() replica {
		t.Helper()
		sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI, Replica: started})
		started++
		return replica{sidecar, store.Open(sidecar.Client, contract.DatabaseComponent(contract.TodoAPI), contract.Schema(contract.TodoAPI))}
	}
	l := &load{}
	old := start()
	l.use(old)
	ctx, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() { l.run(ctx, t, worker+1) })
	}
	defer workers.Wait()
	defer stop()

	for round := range 2 {
		second := round == 0
		for schema, role := range roles { // accept both
			if role.Second.Name = role.Name + "_second"; second {
				role.Second.Password = "second's"
			} else {
				role.Password = "first's, anew"
			}
			roles[schema] = role
		}
		migrate(fmt.Sprint("both ", round))
		env.LogIn(second) // switch
		renewed := start()
		l.use(old, renewed)
		old.burst(t)
		renewed.burst(t)
		l.use(renewed)
		old.sidecar.Terminate()
		old = renewed
		former := roles[contract.Schema(contract.TodoAPI)]
		for schema, role := range roles { // drop
			if second {
				role.Password = ""
			} else {
				role.Second.Password = ""
			}
			roles[schema] = role
		}
		migrate(fmt.Sprint("one ", round))
		renewed.burst(t)
		if name := loggedIn(t, admin.Config().ConnConfig, former, second); name != "" {
			t.Errorf("round %d: %s is still good", round, name)
		}
	}
	stop()
	workers.Wait()
	if l.calls.Load() < 200 || l.failures.Load() > 0 {
		t.Errorf("%d calls, of which %d failed", l.calls.Load(), l.failures.Load())
	}
	t.Logf("%d calls, none failed", l.calls.Load())
}

// loggedIn gives the name of the former login if somebody can log in by it.
func loggedIn(t *testing.T, config *pgx.ConnConfig, role migration.Role, second bool) string {
	t.Helper()
	config = config.Copy()
	config.User, config.Password = role.Second.Name, role.Second.Password
	if second {
		config.User, config.Password = role.Name, role.Password
	}
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		return ""
	}
	_ = conn.Close(t.Context()) // it should not have been
	return config.User
}
