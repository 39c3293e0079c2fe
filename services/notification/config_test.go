package notification

import (
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
)

func TestConfigNamesTheVariableAtFault(t *testing.T) {
	mail := map[string]string{
		contract.EnvSMTPHost: "mail.example.com", contract.EnvSMTPPort: "587",
		contract.EnvSMTPFrom: "todo@example.com", contract.EnvSMTPTLS: TLSStart, contract.EnvSMTPPerMinute: "120",
	}
	want := SMTPConfig{Host: "mail.example.com", Port: 587, From: "todo@example.com", TLS: TLSStart, PerMinute: 120}
	cases := []struct {
		name, variable, value string
	}{
		{"all is well", "", ""},
		{"mail is off", contract.EnvSMTPHost, ""},
		{"the public address has no scheme", contract.EnvPublicURL, "todo.example.com"},
		{"the port is a word", contract.EnvSMTPPort, "smtp"},
		{"the port is out of range", contract.EnvSMTPPort, "70000"},
		{"the mails of a minute are none", contract.EnvSMTPPerMinute, "0"},
		{"the sender has no domain", contract.EnvSMTPFrom, "todo"},
		{"the sender is two lines", contract.EnvSMTPFrom, "todo@example.com\r\nBcc: eve@example.com"},
		{"the TLS mode is unknown", contract.EnvSMTPTLS, "ssl"},
		{"a network of webhooks is a name", contract.EnvWebhookNetworks, "10.20.0.0/16,intranet"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for variable, value := range mail {
				t.Setenv(variable, value)
			}
			if c.variable != "" {
				t.Setenv(c.variable, c.value)
			}
			cfg, err := ConfigFromEnv()
			switch wantError := c.variable != "" && c.value != ""; {
			case wantError && (err == nil || !strings.HasPrefix(err.Error(), c.variable+":")):
				t.Errorf("got %v, want an error that begins with %s", err, c.variable)
			case !wantError && err != nil:
				t.Error(err)
			case !wantError && c.variable == "" && cfg.SMTP != want:
				t.Errorf("got %+v", cfg.SMTP)
			}
		})
	}
}
