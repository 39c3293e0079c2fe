// Package platformtest runs the services together, on the servers of package daprtest.
package platformtest

import (
	"context"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/notification"
	"github.com/todoplatform/todoplatform/services/realtimesync"
	"github.com/todoplatform/todoplatform/services/recurringtask"
	"github.com/todoplatform/todoplatform/services/todoapi"
)

// Start starts those of the services that are named, of contract.Services, with nothing configured but what they need,
// and waits until they are ready. They end with the test.
func Start(t testing.TB, env *daprtest.Env, apps ...string) map[string]*daprtest.Instance {
	t.Helper()
	const keysSecret = "keys"
	keys, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	env.Secret(t, keysSecret, map[string]string{contract.SecretKeySigning: string(keys)})
	common := func(i *daprtest.Instance) lifecycle.Config {
		return lifecycle.Config{Dapr: daprtest.Config(i.Address), HealthAddress: i.HealthAddress, AppAddress: i.AppAddress, Trace: env.Traces()}
	}
	all := map[string]daprtest.Run{
		contract.TodoAPI: func(ctx context.Context, i *daprtest.Instance) error {
			return todoapi.Run(ctx, todoapi.Config{Config: common(i), PublicAddress: i.PublicAddress, KeysSecret: keysSecret})
		},
		contract.RecurringTask: func(ctx context.Context, i *daprtest.Instance) error { return recurringtask.Run(ctx, common(i)) },
		contract.Notification: func(ctx context.Context, i *daprtest.Instance) error {
			return notification.Run(ctx, notification.Config{Config: common(i)})
		},
		contract.Audit: func(ctx context.Context, i *daprtest.Instance) error {
			return audit.Run(ctx, audit.Config{Config: common(i)})
		},
		contract.RealtimeSync: func(ctx context.Context, i *daprtest.Instance) error {
			return realtimesync.Run(ctx, realtimesync.Config{Config: common(i), PublicAddress: i.PublicAddress})
		},
	}
	runs := map[string]daprtest.Run{}
	for _, app := range apps {
		runs[app] = all[app]
	}
	return env.Platform(t, runs)
}
