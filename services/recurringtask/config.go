package recurringtask

import (
	"cmp"
	"net"
	"os"
	"strconv"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

// Config is what the service needs to know.
type Config struct {
	Dapr          dapr.Config
	AppAddress    string // where the sidecar calls back
	HealthAddress string // where health and metrics are served
	LogLevel      string
}

// ConfigFromEnv reads the configuration. Nothing in it can be wrong before it is used.
func ConfigFromEnv() (Config, error) {
	return Config{
		Dapr: dapr.Config{
			Address:  net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv(contract.EnvDaprGRPCPort), "50001")),
			APIToken: os.Getenv("DAPR_API_TOKEN"),
		},
		AppAddress:    net.JoinHostPort("127.0.0.1", strconv.Itoa(contract.AppPort)),
		HealthAddress: net.JoinHostPort("", strconv.Itoa(contract.HealthPort)),
		LogLevel:      os.Getenv(contract.EnvLogLevel),
	}, nil
}
