package notification

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/mailtest"
)

// fixedSecret is a secret store with one password in it.
type fixedSecret struct{ password string }

func (s *fixedSecret) Secret(_ context.Context, name string) (map[string]string, error) {
	if name != "mail" {
		return nil, failure.New(failure.Unavailable, "no secret %s", name)
	}
	return map[string]string{contract.SecretKeyUsername: "todo", contract.SecretKeyPassword: s.password}, nil
}

// certificate makes a certificate for 127.0.0.1 that this process trusts.
func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", path)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

func mailerTo(t *testing.T, box *mailtest.Box, mode, secret string, secrets secretReader) *Mailer {
	t.Helper()
	host, port, err := net.SplitHostPort(box.Address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return &Mailer{smtp: SMTPConfig{Host: host, Port: number, From: "todo@example.com", TLS: mode, Secret: secret}, secrets: secrets}
}

func TestMailGoesOutOverTLSWithLogin(t *testing.T) {
	trusted := certificate(t)
	for mode, implicit := range map[string]bool{TLSStart: false, TLSImplicit: true} {
		t.Run(mode, func(t *testing.T) {
			box := mailtest.New(t, func(box *mailtest.Box) {
				box.TLS, box.Implicit = trusted, implicit
				box.Login = func(username, password string) error {
					if username == "todo" && password == "right" {
						return nil
					}
					return smtp.ErrAuthFailed
				}
			})
			secrets := &fixedSecret{password: "wrong"}
			mailer := mailerTo(t, box, mode, "mail", secrets)
			letter := Mail{ID: "abc.1", To: "ann@example.com", Title: "Secret garden"}
			if err := mailer.Send(t.Context(), letter); err == nil || errors.Is(err, errRefused) {
				t.Fatalf("with a wrong password: %v, want a failure that may pass", err)
			}
			secrets.password = "right"
			if err := mailer.Send(t.Context(), letter); err != nil {
				t.Fatalf("after the password was mended: %v", err)
			}
			if got := box.Titles("ann@example.com"); len(got) != 1 || got[0] != "Secret garden" {
				t.Errorf("mails %q", got)
			}
		})
	}
}

func TestMailDoesNotGoOutLessSafelyThanAskedFor(t *testing.T) {
	cases := []struct {
		name, mode, secret string
		login              func(string, string) error
	}{
		{"a server without STARTTLS", TLSStart, "", nil},
		{"a server without TLS", TLSImplicit, "", nil},
		{"a password over plain text", TLSNone, "mail", func(string, string) error { t.Error("the password was shown"); return nil }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			box := mailtest.New(t, func(box *mailtest.Box) { box.Login = c.login })
			mailer := mailerTo(t, box, c.mode, c.secret, &fixedSecret{password: "right"})
			if err := mailer.Send(t.Context(), Mail{ID: "abc.1", To: "ann@example.com", Title: "x"}); err == nil {
				t.Error("the mail went out")
			}
		})
	}
}

func TestMailServersAnswers(t *testing.T) {
	cases := []struct {
		name    string
		answer  error
		sent    bool
		refused bool
	}{
		{"takes it", nil, true, false},
		{"knows no such mailbox", &smtp.SMTPError{Code: 550, Message: "no such mailbox"}, false, true},
		{"thinks it is spam", &smtp.SMTPError{Code: 554, Message: "spam"}, false, true},
		{"is busy", &smtp.SMTPError{Code: 451, Message: "later"}, false, false},
		{"shuts down", &smtp.SMTPError{Code: 421, Message: "closing"}, false, false},
		{"wants a login", &smtp.SMTPError{Code: 530, Message: "log in first"}, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			box := mailtest.New(t)
			box.Refuse("ann@example.com", func() error { return c.answer })
			err := mailerTo(t, box, TLSNone, "", nil).Send(t.Context(), Mail{ID: "abc.1", To: "ann@example.com", Title: "x"})
			if (err == nil) != c.sent || errors.Is(err, errRefused) != c.refused {
				t.Errorf("got %v", err)
			}
		})
	}
}
