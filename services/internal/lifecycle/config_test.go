package lifecycle_test

import (
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

func TestConfigFromEnv(t *testing.T) {
	tests := map[string]struct {
		variable, value string
		host            string // of the public URL
		drainDelay      time.Duration
		refused         bool
	}{
		"nothing is set":              {},
		"a public URL":                {contract.EnvPublicURL, "https://todo.example.com", "todo.example.com", 0, false},
		"a public URL with a port":    {contract.EnvPublicURL, "http://localhost:8080", "localhost:8080", 0, false},
		"a host without a scheme":     {contract.EnvPublicURL, "todo.example.com", "", 0, true},
		"a URL of another scheme":     {contract.EnvPublicURL, "wss://todo.example.com", "", 0, true},
		"what is no URL":              {contract.EnvPublicURL, "http://[", "", 0, true},
		"a delay of six seconds":      {contract.EnvDrainDelay, "6s", "", 6 * time.Second, false},
		"a delay without a unit":      {contract.EnvDrainDelay, "6", "", 0, true},
		"a delay that is negative":    {contract.EnvDrainDelay, "-1s", "", 0, true},
		"a part of the requests":      {contract.EnvTraceSampling, "0.01", "", 0, false},
		"a collector":                 {contract.EnvTraceCollector, "grpc://collector:4317", "", 0, false},
		"a collector without a way":   {contract.EnvTraceCollector, "collector:4317", "", 0, true},
		"a collector without a port":  {contract.EnvTraceCollector, "http://collector", "", 0, true},
		"more than all requests":      {contract.EnvTraceSampling, "2", "", 0, true},
		"a delay that leaves no time": {contract.EnvDrainDelay, "11s", "", 0, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.variable != "" {
				t.Setenv(test.variable, test.value)
			}
			cfg, err := lifecycle.ConfigFromEnv()
			if test.refused {
				if err == nil || !strings.Contains(err.Error(), test.variable) {
					t.Errorf("error %v, want one that names %s", err, test.variable)
				}
				return
			}
			host := ""
			if cfg.PublicURL != nil {
				host = cfg.PublicURL.Host
			}
			if err != nil || host != test.host || cfg.DrainDelay != test.drainDelay {
				t.Errorf("host %q, delay %s, error %v; want %q and %s", host, cfg.DrainDelay, err, test.host, test.drainDelay)
			}
		})
	}
}
