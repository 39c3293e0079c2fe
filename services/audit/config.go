package audit

import (
	"cmp"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

// Config is what the service needs to know.
type Config struct {
	Dapr       dapr.Config
	LogLevel   string
	DrainDelay time.Duration // how long a stopping service goes on serving

	// Addresses to listen on, host:port.
	HealthAddress string
	AppAddress    string // the sidecar's calls; loopback only
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	drainDelay, err := lifecycle.DrainDelayFromEnv()
	if err != nil {
		return Config{}, err
	}
	return Config{
		Dapr: dapr.Config{
			Address:  net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv(contract.EnvDaprGRPCPort), "50001")),
			APIToken: os.Getenv("DAPR_API_TOKEN"),
		},
		LogLevel:      os.Getenv(contract.EnvLogLevel),
		DrainDelay:    drainDelay,
		HealthAddress: net.JoinHostPort("", strconv.Itoa(contract.HealthPort)),
		AppAddress:    net.JoinHostPort("127.0.0.1", strconv.Itoa(contract.AppPort)),
	}, nil
}
