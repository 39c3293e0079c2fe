package todoapi

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/chat/model"
)

func TestEmailVerificationFromEnv(t *testing.T) {
	t.Setenv(contract.EnvDaprGRPCPort, "50007")
	t.Setenv(contract.EnvKeysSecret, "keys")
	for value, want := range map[string]bool{"": false, "disabled": false, "required": true} {
		t.Setenv(contract.EnvEmailVerification, value)
		if cfg, err := ConfigFromEnv(); err != nil || cfg.VerifyEmail != want {
			t.Errorf("%q: got %v, %v; want %v", value, cfg.VerifyEmail, err, want)
		}
	}
	t.Setenv(contract.EnvEmailVerification, "yes")
	if _, err := ConfigFromEnv(); err == nil || !strings.Contains(err.Error(), contract.EnvEmailVerification) {
		t.Errorf("got %v, want an error that names the variable", err)
	}
}

func TestSignUpFromEnv(t *testing.T) {
	t.Setenv(contract.EnvDaprGRPCPort, "50007")
	t.Setenv(contract.EnvKeysSecret, "keys")
	for value, want := range map[string]account.SignUp{"": account.SignUpOpen, "open": account.SignUpOpen, "invitation": account.SignUpByInvitation, "closed": account.SignUpClosed} {
		t.Setenv(contract.EnvSignUp, value)
		if cfg, err := ConfigFromEnv(); err != nil || cfg.SignUp != want {
			t.Errorf("%q: got %q, %v; want %q", value, cfg.SignUp, err, want)
		}
	}
	t.Setenv(contract.EnvSignUp, "no")
	if _, err := ConfigFromEnv(); err == nil || !strings.Contains(err.Error(), contract.EnvSignUp) {
		t.Errorf("got %v, want an error that names the variable", err)
	}
}

func TestTimesFromEnv(t *testing.T) {
	t.Setenv(contract.EnvDaprGRPCPort, "50007")
	t.Setenv(contract.EnvKeysSecret, "keys")
	for name, c := range map[string]struct {
		good map[string]time.Duration
		bad  []string
		of   func(Config) time.Duration
	}{
		contract.EnvSessionLifetime: {
			map[string]time.Duration{"": 0, "1h": time.Hour, "12h0m0s": 12 * time.Hour, "2160h": 90 * 24 * time.Hour},
			[]string{"59m", "2161h", "a day", "-1h"}, func(cfg Config) time.Duration { return cfg.SessionLifetime },
		},
		contract.EnvAccessTokenLifetime: {
			map[string]time.Duration{"": 0, "5m": 5 * time.Minute, "30m0s": 30 * time.Minute},
			[]string{"4m59s", "31m", "15"}, func(cfg Config) time.Duration { return cfg.AccessTokenLifetime },
		},
		contract.EnvTrashDays: {
			map[string]time.Duration{"": 0, "1": days(1), "365": days(365)},
			[]string{"0", "366", "1d"}, func(cfg Config) time.Duration { return days(cfg.Retention.TrashDays) },
		},
		contract.EnvChangesDays: {
			map[string]time.Duration{"": 0, "7": days(7), "365": days(365)},
			[]string{"6", "366"}, func(cfg Config) time.Duration { return days(cfg.Retention.ChangesDays) },
		},
		contract.EnvConversationDays: {
			map[string]time.Duration{"": 0, "1": days(1), "365": days(365)},
			[]string{"0", "-1"}, func(cfg Config) time.Duration { return days(cfg.Retention.ConversationDays) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			for value, want := range c.good {
				t.Setenv(name, value)
				if cfg, err := ConfigFromEnv(); err != nil || c.of(cfg) != want {
					t.Errorf("%q: got %s, %v; want %s", value, c.of(cfg), err, want)
				}
			}
			for _, value := range c.bad {
				t.Setenv(name, value)
				if _, err := ConfigFromEnv(); err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("%q: got %v, want an error that names the variable", value, err)
				}
			}
		})
	}
}

func TestLanguageModelFromEnv(t *testing.T) {
	for name, c := range map[string]struct {
		model, redact, tokens string
		want                  model.Config
		refused               string // part of the error; "" when the configuration is good
	}{
		"none":                  {"", "", "", model.Config{}, ""},
		"one":                   {"gpt", "", "5000", model.Config{Name: "gpt", DailyTokens: 5000}, ""},
		"one that sees less":    {"gpt", "true", "5000", model.Config{Name: "gpt", Private: true, DailyTokens: 5000}, ""},
		"one without a ration":  {"gpt", "", "", model.Config{}, contract.EnvChatModelDailyTokens},
		"one that may see less": {"gpt", "perhaps", "5000", model.Config{}, contract.EnvChatModelRedact},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(contract.EnvDaprGRPCPort, "50007")
			t.Setenv(contract.EnvKeysSecret, "keys")
			t.Setenv(contract.EnvChatModel, c.model)
			t.Setenv(contract.EnvChatModelRedact, c.redact)
			t.Setenv(contract.EnvChatModelDailyTokens, c.tokens)
			cfg, err := ConfigFromEnv()
			if refused := err != nil && strings.Contains(err.Error(), c.refused); cfg.Model != c.want || (c.refused != "") != refused {
				t.Errorf("got %+v, %v", cfg.Model, err)
			}
		})
	}
}

func TestConfigFromEnv(t *testing.T) {
	tests := []struct {
		name, keys, publicURL, proxies string
		secure                         bool
		trusted                        int    // networks of proxies
		refused                        string // part of the error; "" when the configuration is good
	}{
		{"as small as can be", "keys", "", "", false, 0, ""},
		{"over http", "keys", "http://localhost:8080", "", false, 0, ""},
		{"over https", "keys", "https://todo.example.org", "", true, 0, ""},
		{"behind a proxy", "keys", "", "10.0.0.0/8", false, 1, ""},
		{"behind several", "keys", "", "10.0.0.0/8, 192.0.2.7/32,fc00::/7", false, 3, ""},
		{"no keys", "", "", "", false, 0, contract.EnvKeysSecret},
		{"address without a scheme", "keys", "todo.example.org", "", false, 0, contract.EnvPublicURL},
		{"address of another kind", "keys", "ftp://todo.example.org", "", false, 0, contract.EnvPublicURL},
		{"proxy without a length", "keys", "", "10.0.0.1", false, 0, contract.EnvTrustedProxies + `: "10.0.0.1"`},
		{"proxies with an empty entry", "keys", "", "10.0.0.0/8,", false, 0, contract.EnvTrustedProxies + `: ""`},
		{"proxy by name", "keys", "", "10.0.0.0/8,proxy", false, 0, contract.EnvTrustedProxies + `: "proxy"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(contract.EnvDaprGRPCPort, "50007")
			t.Setenv(contract.EnvKeysSecret, test.keys)
			t.Setenv(contract.EnvPublicURL, test.publicURL)
			t.Setenv(contract.EnvTrustedProxies, test.proxies)
			cfg, err := ConfigFromEnv()
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), test.refused) {
					t.Fatalf("got %v, want an error that names %s", err, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if cfg.secureCookies() != test.secure || len(cfg.TrustedProxies) != test.trusted || cfg.Dapr.Address != "127.0.0.1:50007" || cfg.AppAddress != "127.0.0.1:3001" || cfg.PublicAddress != ":8080" {
				t.Errorf("got %+v", cfg)
			}
		})
	}
}

func TestOwnersFromEnv(t *testing.T) {
	t.Setenv(contract.EnvDaprGRPCPort, "50007")
	t.Setenv(contract.EnvKeysSecret, "keys")
	t.Setenv(contract.EnvOwners, "Ada@example.org,grace@example.org")
	if cfg, err := ConfigFromEnv(); err != nil || !slices.Equal(cfg.Owners, []string{"ada@example.org", "grace@example.org"}) {
		t.Errorf("got %v, %v", cfg.Owners, err)
	}
	t.Setenv(contract.EnvOwners, "ada")
	if _, err := ConfigFromEnv(); err == nil || !strings.Contains(err.Error(), contract.EnvOwners) {
		t.Errorf("got %v, want an error that names the variable", err)
	}
}
