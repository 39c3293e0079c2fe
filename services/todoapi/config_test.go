package todoapi

import (
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
)

func TestConfigFromEnv(t *testing.T) {
	tests := []struct {
		name, keys, publicURL string
		secure                bool
		refused               string // part of the error; "" when the configuration is good
	}{
		{"as small as can be", "keys", "", false, ""},
		{"over http", "keys", "http://localhost:8080", false, ""},
		{"over https", "keys", "https://todo.example.org", true, ""},
		{"no keys", "", "", false, contract.EnvKeysSecret},
		{"address without a scheme", "keys", "todo.example.org", false, contract.EnvPublicURL},
		{"address of another kind", "keys", "ftp://todo.example.org", false, contract.EnvPublicURL},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(contract.EnvDaprGRPCPort, "50007")
			t.Setenv(contract.EnvKeysSecret, test.keys)
			t.Setenv(contract.EnvPublicURL, test.publicURL)
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
			if cfg.secureCookies() != test.secure || cfg.Dapr.Address != "127.0.0.1:50007" || cfg.AppAddress != "127.0.0.1:3001" || cfg.PublicAddress != ":8080" {
				t.Errorf("got %+v", cfg)
			}
		})
	}
}
