package notification

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
)

// TLS modes of the connection to the mail server.
const (
	// TLSNone sends in the clear; for a server inside the same cluster.
	TLSNone = "none"
	// TLSStart begins in the clear and insists on STARTTLS (RFC 3207).
	TLSStart = "starttls"
	// TLSImplicit speaks TLS from the first byte (RFC 8314 section 3.3).
	TLSImplicit = "tls"
)

// SMTPConfig says how mail goes out. Without Host there is no mail.
type SMTPConfig struct {
	Host   string
	Port   int
	From   string // the sender, as in "Todo <todo@example.com>" or todo@example.com (RFC 5322 section 3.4)
	TLS    string // TLSNone, TLSStart or TLSImplicit
	Secret string // name of the Secret with user name and password; empty: no login
}

// Config is what the service needs to know.
type Config struct {
	Dapr          dapr.Config
	AppAddress    string // where the sidecar calls back
	HealthAddress string // where health and metrics are served
	LogLevel      string
	DrainDelay    time.Duration // how long a stopping service goes on serving
	PublicURL     string        // where mails lead; may be empty
	SMTP          SMTPConfig
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
		AppAddress:    net.JoinHostPort("127.0.0.1", strconv.Itoa(contract.AppPort)),
		HealthAddress: net.JoinHostPort("", strconv.Itoa(contract.HealthPort)),
		PublicURL:     os.Getenv(contract.EnvPublicURL),
		SMTP: SMTPConfig{
			Host:   os.Getenv(contract.EnvSMTPHost),
			From:   os.Getenv(contract.EnvSMTPFrom),
			TLS:    os.Getenv(contract.EnvSMTPTLS),
			Secret: os.Getenv(contract.EnvSMTPSecret),
		},
	}
	if err := checkPublicURL(cfg.PublicURL); err != nil {
		return Config{}, err
	}
	if cfg.SMTP.Host == "" {
		return cfg, nil
	}
	port, err := strconv.Atoi(os.Getenv(contract.EnvSMTPPort))
	if err != nil || port < 1 || port > 65535 {
		return Config{}, fmt.Errorf("%s: %q is not a port from 1 to 65535", contract.EnvSMTPPort, os.Getenv(contract.EnvSMTPPort))
	}
	cfg.SMTP.Port = port
	return cfg, cfg.SMTP.validate()
}

func checkPublicURL(value string) error {
	if value == "" {
		return nil
	}
	public, err := url.Parse(value)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return fmt.Errorf("%s: %q is not a URL such as https://todo.example.com", contract.EnvPublicURL, value)
	}
	return nil
}

func (c SMTPConfig) validate() error {
	if _, err := mail.ParseAddress(c.From); err != nil {
		return fmt.Errorf("%s: %q is not an address such as todo@example.com or Todo <todo@example.com>", contract.EnvSMTPFrom, c.From)
	}
	switch c.TLS {
	case TLSNone, TLSStart, TLSImplicit:
		return nil
	}
	return errors.New(contract.EnvSMTPTLS + ": use none, starttls or tls")
}
