package realtimesync

import (
	"net"
	"strconv"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

// Config is what the service is told from outside. Only pages of PublicURL may open
// sockets; when it is unknown, those of the request's own host.
type Config struct {
	lifecycle.Config
	PublicAddress string // where tickets and sockets are served, host:port
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	common, err := lifecycle.ConfigFromEnv()
	return Config{Config: common, PublicAddress: net.JoinHostPort("", strconv.Itoa(contract.PublicPort))}, err
}
