package brokers

import (
	"strings"
	"testing"
)

func TestConnectRefusesWhatIsUnclear(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		says string
	}{
		"no broker":              {nil, envBrokers},
		"an unknown mechanism":   {map[string]string{envBrokers: "k:1", envMechanism: "GSSAPI", envUsername: "u", envPassword: "p"}, "GSSAPI"},
		"a login without a name": {map[string]string{envBrokers: "k:1", envMechanism: "PLAIN"}, envUsername},
		"no such CA":             {map[string]string{envBrokers: "k:1", envCA: "/none"}, envCA},
		"no such certificate":    {map[string]string{envBrokers: "k:1", envTLS: "true", envCert: "/none", envKey: "/none"}, envCert},
		"TLS that is no bool":    {map[string]string{envBrokers: "k:1", envTLS: "maybe"}, envTLS},
	} {
		t.Run(name, func(t *testing.T) {
			options := Options{Getenv: func(variable string) string { return test.env[variable] }}
			if _, err := options.Connect("test"); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %s", err, test.says)
			}
		})
	}
}
