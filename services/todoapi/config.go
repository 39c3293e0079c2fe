// Package todoapi is the service that people and programs talk to: accounts, tasks
// and the feed of their changes over HTTP, and the web page.
package todoapi

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

// Config is all that todo-api is told from outside.
type Config struct {
	Dapr       dapr.Config
	LogLevel   string        // debug, info, warn or error
	DrainDelay time.Duration // how long a stopping service goes on serving
	PublicURL  *url.URL      // where people reach the platform; nil: unknown
	KeysSecret string        // name of the Secret with the keys that sign access tokens

	// Addresses to listen on, host:port.
	PublicAddress string // API and web page
	HealthAddress string // probes and metrics
	AppAddress    string // the sidecar's calls; loopback only
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	drainDelay, err := lifecycle.DrainDelayFromEnv()
	if err != nil {
		return Config{}, err
	}
	cfg := Config{
		Dapr: dapr.Config{
			Address:  net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv(contract.EnvDaprGRPCPort), "50001")),
			APIToken: os.Getenv("DAPR_API_TOKEN"),
		},
		LogLevel:      os.Getenv(contract.EnvLogLevel),
		DrainDelay:    drainDelay,
		KeysSecret:    os.Getenv(contract.EnvKeysSecret),
		PublicAddress: net.JoinHostPort("", strconv.Itoa(contract.PublicPort)),
		HealthAddress: net.JoinHostPort("", strconv.Itoa(contract.HealthPort)),
		AppAddress:    net.JoinHostPort("127.0.0.1", strconv.Itoa(contract.AppPort)),
	}
	if cfg.KeysSecret == "" {
		return Config{}, fmt.Errorf("%s is not set: name the Secret with the signing keys", contract.EnvKeysSecret)
	}
	if value := os.Getenv(contract.EnvPublicURL); value != "" {
		public, err := url.Parse(value)
		if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
			return Config{}, fmt.Errorf("%s: %q is not a URL such as https://todo.example.org", contract.EnvPublicURL, value)
		}
		cfg.PublicURL = public
	}
	return cfg, nil
}

// secureCookies says whether people reach the platform over https alone.
func (c Config) secureCookies() bool { return c.PublicURL != nil && c.PublicURL.Scheme == "https" }
