package recurringtask

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
	Dapr          dapr.Config
	AppAddress    string // where the sidecar calls back
	HealthAddress string // where health and metrics are served
	LogLevel      string
	DrainDelay    time.Duration // how long a stopping service goes on serving
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
		AppAddress:    net.JoinHostPort("127.0.0.1", strconv.Itoa(contract.AppPort)),
		HealthAddress: net.JoinHostPort("", strconv.Itoa(contract.HealthPort)),
		LogLevel:      os.Getenv(contract.EnvLogLevel),
		DrainDelay:    drainDelay,
	}, nil
}
