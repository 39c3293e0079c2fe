package notification

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"os"
	"strconv"

	"github.com/todoplatform/todoplatform/api/contract"
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
	// PerMinute is how many mails all replicas together hand over in a minute; 0: any number.
	PerMinute int
}

// Config is what the service is told from outside. Mails lead to PublicURL.
type Config struct {
	lifecycle.Config
	SMTP SMTPConfig
	// WebhookNetworks may be reached by webhooks and web push although they are not public.
	WebhookNetworks []netip.Prefix
	// PushKeysSecret is the name of the Secret with the keys by which push services know the
	// platform; empty: no browser can subscribe.
	PushKeysSecret string
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	common, err := lifecycle.ConfigFromEnv()
	if err != nil {
		return Config{}, err
	}
	networks, err := lifecycle.NetworksFromEnv(contract.EnvWebhookNetworks)
	if err != nil {
		return Config{}, err
	}
	smtp, err := smtpFromEnv()
	return Config{Config: common, SMTP: smtp, WebhookNetworks: networks, PushKeysSecret: os.Getenv(contract.EnvPushKeysSecret)}, err
}

func smtpFromEnv() (SMTPConfig, error) {
	smtp := SMTPConfig{
		Host:   os.Getenv(contract.EnvSMTPHost),
		From:   os.Getenv(contract.EnvSMTPFrom),
		TLS:    os.Getenv(contract.EnvSMTPTLS),
		Secret: os.Getenv(contract.EnvSMTPSecret),
	}
	if smtp.Host == "" {
		return smtp, nil
	}
	port, err := strconv.Atoi(os.Getenv(contract.EnvSMTPPort))
	if err != nil || port < 1 || port > 65535 {
		return SMTPConfig{}, fmt.Errorf("%s: %q is not a port from 1 to 65535", contract.EnvSMTPPort, os.Getenv(contract.EnvSMTPPort))
	}
	smtp.Port = port
	if bound := os.Getenv(contract.EnvSMTPPerMinute); bound != "" {
		if smtp.PerMinute, err = strconv.Atoi(bound); err != nil || smtp.PerMinute < 1 {
			return SMTPConfig{}, fmt.Errorf("%s: %q is not a number from 1", contract.EnvSMTPPerMinute, bound)
		}
	}
	return smtp, smtp.validate()
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
