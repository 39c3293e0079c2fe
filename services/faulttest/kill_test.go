// Package faulttest kills services between any two of their steps.
//
// Each service runs as a process of its own, of which every call to its sidecar is a point at which it
// can be killed. First a story is told with nobody killed, which shows the points. Then some people tell it
// again and again while the service dies at one point, the process that follows at the next, and so on, at
// each of its points; the services take their turns at the same time, so that they die while others do.
// In the end all that had to come of the stories is there, once.
package faulttest

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
	"github.com/todoplatform/todoplatform/services/notification"
	"github.com/todoplatform/todoplatform/services/notification/push/pushtest"
	"github.com/todoplatform/todoplatform/services/todoapi"
)

// apps are the services, each of which has a turn of its own.
var apps = contract.Services()

func TestKilledBetweenAnyTwoSteps(t *testing.T) {
	p := startPlatform(t)
	found := p.findPoints(t)
	var died, missed atomic.Int64
	t.Run("kill", func(t *testing.T) {
		for _, app := range apps {
			t.Run(app, func(t *testing.T) {
				t.Parallel()
				for n, at := range routes(t, found[app]) {
					passed := p.walk(t, app, at)
					t.Logf("stretch %d: %d processes died at their points; not reached: %q", n, len(at)-len(passed), passed)
					died.Add(int64(len(at) - len(passed)))
					missed.Add(int64(len(passed)))
				}
			})
		}
	})
	t.Logf("%d processes died at their points, %d did not come to theirs", died.Load(), missed.Load())
	if missed.Load() > died.Load() {
		t.Error("that is no test of it")
	}
	p.env.WantNoDeadLetters(t)
}

// platform is the services that share events, each a process of its own.
type platform struct {
	env      *daprtest.Env
	db       *pgxpool.Pool
	mailbox  *mailtest.Box
	pushes   *pushtest.Service
	dir      string
	children map[string]*child
	people   atomic.Uint32
}

func startPlatform(t *testing.T) *platform {
	t.Helper()
	env := daprtest.New(t)
	db := env.Database(t, todoapi.Schema(), notification.Schema(), audit.Schema())
	keys, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{env: env, db: db, mailbox: mailtest.New(t), pushes: pushtest.NewService(t), dir: t.TempDir(), children: map[string]*child{}}
	env.Secret(t, keysSecret, map[string]string{contract.SecretKeySigning: string(keys)})
	env.Secret(t, pushSecret, map[string]string{contract.SecretKeyPushPrivate: p.pushes.Keys.Private, contract.SecretKeyPushPublic: p.pushes.Keys.Public})
	runs := map[string]daprtest.Run{}
	for _, app := range apps {
		c := &child{app: app, dir: p.dir, mail: p.mailbox.Address}
		p.children[app], runs[app] = c, c.run
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("the log of %s ends with:\n%s", app, c.tail())
			}
		})
	}
	env.Platform(t, runs)
	return p
}

// findPoints has the story told with nobody killed, and returns the points that each service passed.
func (p *platform) findPoints(t *testing.T) map[string][]string {
	t.Helper()
	s := p.begin(t, "undisturbed")
	s.tell(t)
	s.check(t) // all that comes of the sign-up has come
	for _, app := range apps {
		c := p.children[app]
		first := c.arm(fault{users: users(app, []*story{s}), trace: s.trace(app)})
		daprtest.Eventually(t, patience, app+" is ready again", func() bool { return c.startsSince(first) >= 0 && c.ready() })
	}
	s.tell(t)
	s.check(t)
	found := map[string][]string{}
	for _, app := range apps {
		found[app] = points(s.trace(app))
		if len(found[app]) < 2 {
			t.Fatalf("%s passed only %q of its points", app, found[app])
		}
		t.Logf("%s passes %d points: %s", app, len(found[app]), strings.Join(found[app], ", "))
	}
	return found
}
