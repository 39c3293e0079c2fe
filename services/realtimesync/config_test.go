package realtimesync

import (
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
)

func TestConfigFromEnv(t *testing.T) {
	tests := map[string]struct {
		publicURL string
		want      string // host; empty: none
		refused   bool
	}{
		"no public URL":           {"", "", false},
		"a public URL":            {"https://todo.example.com", "todo.example.com", false},
		"one with a port":         {"http://localhost:8080", "localhost:8080", false},
		"a host without a scheme": {"todo.example.com", "", true},
		"another scheme":          {"wss://todo.example.com", "", true},
		"what is no URL":          {"http://[", "", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv(contract.EnvPublicURL, test.publicURL)
			cfg, err := ConfigFromEnv()
			if test.refused {
				if err == nil || !strings.Contains(err.Error(), contract.EnvPublicURL) {
					t.Errorf("error %v, want one that names %s", err, contract.EnvPublicURL)
				}
				return
			}
			host := ""
			if cfg.PublicURL != nil {
				host = cfg.PublicURL.Host
			}
			if err != nil || host != test.want {
				t.Errorf("host %q, error %v; want %q", host, err, test.want)
			}
		})
	}
}
