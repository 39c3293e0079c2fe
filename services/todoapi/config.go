// Package todoapi is the service that people and programs talk to: accounts, tasks
// and the feed of their changes over HTTP, and the web page.
package todoapi

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

// Config is all that todo-api is told from outside.
type Config struct {
	lifecycle.Config
	PublicAddress string // where API and web page listen, host:port
	KeysSecret    string // name of the Secret with the keys that sign access tokens
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	common, err := lifecycle.ConfigFromEnv()
	if err != nil {
		return Config{}, err
	}
	keys := os.Getenv(contract.EnvKeysSecret)
	if keys == "" {
		return Config{}, fmt.Errorf("%s is not set: name the Secret with the signing keys", contract.EnvKeysSecret)
	}
	return Config{
		Config:        common,
		PublicAddress: net.JoinHostPort("", strconv.Itoa(contract.PublicPort)),
		KeysSecret:    keys,
	}, nil
}

// secureCookies says whether people reach the platform over https alone.
func (c Config) secureCookies() bool { return c.PublicURL != nil && c.PublicURL.Scheme == "https" }
