// Command manager runs the TodoPlatform operator.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"
	_ "time/tzdata" // images have no zone files; services get them through services/internal/zones

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/todoplatform/todoplatform/controllers"
)

// version is set when the binary is built, and is the default of spec.version.
var version = "dev"

// flags of the operator.
type flags struct {
	metricsAddress, healthAddress             string
	metricsSecure, leaderElect                bool
	leaseDuration, renewDeadline, retryPeriod time.Duration
	daprNamespace, watchNamespaces, logLevel  string
	workers                                   int
}

func main() {
	var f flags
	flag.StringVar(&f.metricsAddress, "metrics-bind-address", ":8443", "address of the metrics, 0 for none")
	flag.BoolVar(&f.metricsSecure, "metrics-secure", true, "serve metrics over TLS to callers whom the API server allows to get /metrics")
	flag.StringVar(&f.healthAddress, "health-probe-bind-address", ":8081", "address of /healthz and /readyz")
	flag.BoolVar(&f.leaderElect, "leader-elect", false, "work only while holding the lease, so that several replicas may run")
	flag.DurationVar(&f.leaseDuration, "leader-elect-lease-duration", 30*time.Second, "how long others wait for a leader that does not renew")
	flag.DurationVar(&f.renewDeadline, "leader-elect-renew-deadline", 20*time.Second, "how long the leader tries to renew before it steps down")
	flag.DurationVar(&f.retryPeriod, "leader-elect-retry-period", 4*time.Second, "pause between tries to get or renew the lease")
	flag.StringVar(&f.daprNamespace, "dapr-namespace", "dapr-system", "namespace of Dapr's control plane")
	flag.StringVar(&f.watchNamespaces, "watch-namespaces", "", "namespaces of the platforms, separated by commas; empty for all")
	flag.IntVar(&f.workers, "workers", 4, "platforms reconciled at the same time")
	flag.StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	flag.Parse()
	if err := run(ctrl.SetupSignalHandler(), &f); err != nil {
		slog.Error("the operator stopped", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f *flags) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: level, ReplaceAttr: spell})))
	ctrl.SetLogger(logr.FromSlogHandler(slog.Default().Handler()))

	// It does not limit its own requests: the API server shares itself out, and workers bound how many are under way.
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}

	options := controllers.ManagerOptions(f.namespaces()...)
	options.Metrics = f.metrics()
	options.HealthProbeBindAddress = f.healthAddress
	options.LeaderElection = f.leaderElect
	options.LeaderElectionID = "todoplatform-operator"
	options.LeaderElectionReleaseOnCancel = true
	options.LeaseDuration, options.RenewDeadline, options.RetryPeriod = &f.leaseDuration, &f.renewDeadline, &f.retryPeriod
	mgr, err := ctrl.NewManager(config, options)
	if err != nil {
		return fmt.Errorf("create manager: %w", err)
	}
	if err := mgr.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return fmt.Errorf("add health check: %w", err)
	}
	if err := mgr.AddReadyzCheck("ping", healthz.Ping); err != nil {
		return fmt.Errorf("add readiness check: %w", err)
	}
	namespace, err := ownNamespace()
	if err != nil {
		return err
	}
	reconciler := controllers.New(controllers.Config{Version: version, Namespace: namespace, DaprNamespace: f.daprNamespace})
	if err := reconciler.SetupWithManager(ctx, mgr, f.workers); err != nil {
		return fmt.Errorf("set up the controller: %w", err)
	}
	slog.Info("the operator starts", "version", version)
	return mgr.Start(ctx)
}

// ownNamespace reads where the operator's pod runs; empty outside of a cluster.
func ownNamespace() (string, error) {
	name, err := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the operator's namespace: %w", err)
	}
	return strings.TrimSpace(string(name)), nil
}

// spell writes values that have a text of their own as that text; JSON cannot hold all of them.
func spell(_ []string, attribute slog.Attr) slog.Attr {
	if text, ok := attribute.Value.Any().(fmt.Stringer); ok && attribute.Value.Kind() == slog.KindAny {
		attribute.Value = slog.StringValue(text.String())
	}
	return attribute
}

// namespaces lists those that are watched; none is all.
func (f *flags) namespaces() []string {
	return strings.FieldsFunc(f.watchNamespaces, func(r rune) bool { return r == ',' })
}

func (f *flags) metrics() metricsserver.Options {
	options := metricsserver.Options{BindAddress: f.metricsAddress, SecureServing: f.metricsSecure}
	if f.metricsSecure {
		options.FilterProvider = filters.WithAuthenticationAndAuthorization
		// HTTP/2 has had several ways to exhaust a server; a scrape does not need it.
		options.TLSOpts = []func(*tls.Config){func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }}
	}
	return options
}
