// Package todoapi is the service that people and programs talk to: accounts, tasks
// and the feed of their changes over HTTP, and the web page.
package todoapi

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/chat/model"
)

// Config is all that todo-api is told from outside.
type Config struct {
	lifecycle.Config
	PublicAddress string // where API and web page listen, host:port
	KeysSecret    string // name of the Secret with the keys that sign access tokens
	// TrustedProxies may tell the address of a client in X-Forwarded-For; nobody else may.
	TrustedProxies []netip.Prefix
	// VerifyEmail says that mail goes to verified addresses only.
	VerifyEmail bool
	// SignUp says who may make an account.
	SignUp account.SignUp
	// SessionLifetime is how long a session lasts without being used, and AccessTokenLifetime how long an access token
	// is good. 0: as by default.
	SessionLifetime, AccessTokenLifetime time.Duration
	// Retention says for how long is kept what people may want back.
	Retention Retention
	// Owners are the addresses of owners of the platform, once they are verified.
	Owners []string
	// PlainWebhooks says that webhooks and web push may do without encryption.
	PlainWebhooks bool
	// Model is the language model beside the chatbot.
	Model model.Config
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
	proxies, err := lifecycle.NetworksFromEnv(contract.EnvTrustedProxies)
	if err != nil {
		return Config{}, err
	}
	verification, err := emailVerificationFromEnv()
	if err != nil {
		return Config{}, err
	}
	signUp, err := signUpFromEnv()
	if err != nil {
		return Config{}, err
	}
	// Sessions outlive an access token, or nothing could renew it, and not what is remembered of used refresh tokens by
	// much, or a stolen one would not be noticed.
	sessions, err := lifecycle.DurationFromEnv(contract.EnvSessionLifetime, time.Hour, 90*24*time.Hour)
	if err != nil {
		return Config{}, err
	}
	tokens, err := lifecycle.DurationFromEnv(contract.EnvAccessTokenLifetime, 5*time.Minute, 30*time.Minute)
	if err != nil {
		return Config{}, err
	}
	retention, err := retentionFromEnv()
	if err != nil {
		return Config{}, err
	}
	owners, err := ownersFromEnv()
	if err != nil {
		return Config{}, err
	}
	chatModel, err := modelFromEnv()
	if err != nil {
		return Config{}, err
	}
	return Config{
		Config:              common,
		Model:               chatModel,
		SignUp:              signUp,
		SessionLifetime:     sessions,
		AccessTokenLifetime: tokens,
		Retention:           retention,
		Owners:              owners,
		PublicAddress:       net.JoinHostPort("", strconv.Itoa(contract.PublicPort)),
		KeysSecret:          keys,
		TrustedProxies:      proxies,
		VerifyEmail:         verification,
		// To networks that are the owner's own; notification knows them.
		PlainWebhooks: os.Getenv(contract.EnvWebhookNetworks) != "",
	}, nil
}

func emailVerificationFromEnv() (required bool, err error) {
	switch value := os.Getenv(contract.EnvEmailVerification); value {
	case contract.EmailVerificationRequired:
		return true, nil
	case contract.EmailVerificationDisabled, "":
		return false, nil
	default:
		return false, fmt.Errorf("%s: %q is neither %s nor %s", contract.EnvEmailVerification, value,
			contract.EmailVerificationRequired, contract.EmailVerificationDisabled)
	}
}

func signUpFromEnv() (account.SignUp, error) {
	switch value := os.Getenv(contract.EnvSignUp); value {
	case contract.SignUpClosed:
		return account.SignUpClosed, nil
	case contract.SignUpInvitation:
		return account.SignUpByInvitation, nil
	case contract.SignUpOpen, "":
		return account.SignUpOpen, nil
	default:
		return "", fmt.Errorf("%s: %q is none of %s, %s and %s", contract.EnvSignUp, value,
			contract.SignUpOpen, contract.SignUpInvitation, contract.SignUpClosed)
	}
}

func modelFromEnv() (model.Config, error) {
	cfg := model.Config{Name: os.Getenv(contract.EnvChatModel)}
	if cfg.Name == "" {
		return cfg, nil
	}
	var err error
	if cfg.DailyTokens, err = strconv.ParseInt(os.Getenv(contract.EnvChatModelDailyTokens), 10, 64); err != nil {
		return model.Config{}, fmt.Errorf("%s: must be how many tokens a person may use a day: %w", contract.EnvChatModelDailyTokens, err)
	}
	switch value := os.Getenv(contract.EnvChatModelRedact); value {
	case "true":
		cfg.Private = true
	case "", "false":
	default:
		return model.Config{}, fmt.Errorf("%s: %q is neither true nor false", contract.EnvChatModelRedact, value)
	}
	return cfg, nil
}

func ownersFromEnv() ([]string, error) {
	value := os.Getenv(contract.EnvOwners)
	if value == "" {
		return nil, nil
	}
	var owners []string
	for text := range strings.SplitSeq(value, ",") {
		email, err := account.ParseEmail(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no e-mail address", contract.EnvOwners, text)
		}
		owners = append(owners, email)
	}
	return owners, nil
}

// secureCookies says whether people reach the platform over https alone.
func (c Config) secureCookies() bool { return c.PublicURL != nil && c.PublicURL.Scheme == "https" }
