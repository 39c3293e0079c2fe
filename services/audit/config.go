package audit

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
	Dapr     dapr.Config
	LogLevel string

	// Addresses to listen on, host:port.
	HealthAddress string
	AppAddress    string // the sidecar's calls; loopback only
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	return Config{
		Dapr: dapr.Config{
			Address:  net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv(contract.EnvDaprGRPCPort), "50001")),
			APIToken: os.Getenv("DAPR_API_TOKEN"),
		},
		LogLevel:      os.Getenv(contract.EnvLogLevel),
		HealthAddress: net.JoinHostPort("", strconv.Itoa(contract.HealthPort)),
		AppAddress:    net.JoinHostPort("127.0.0.1", strconv.Itoa(contract.AppPort)),
	}, nil
}
