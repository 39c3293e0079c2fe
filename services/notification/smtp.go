package notification

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/todoplatform/todoplatform/api/contract"
)

// smtpTimeout bounds connecting to the mail server, and again handing over one message.
const smtpTimeout = 10 * time.Second

// errRefused marks a message that the mail server will never take, so that trying again is useless.
var errRefused = errors.New("the mail server refuses the message for good")

// addressRefused is why a mail server takes nothing for an address: the codes that it answered (RFC
// 5321 section 4.2, RFC 3463), without its words.
type addressRefused struct{ answer string }

func (e *addressRefused) Error() string { return "the mail server refuses the address: " + e.answer }

func isAddressRefused(err error) bool {
	_, ok := errors.AsType[*addressRefused](err)
	return ok
}

// secretReader reads a Secret; *dapr.Client does.
type secretReader interface {
	Secret(ctx context.Context, name string) (map[string]string, error)
}

// Mailer hands mails to one SMTP server, each over a connection of its own.
type Mailer struct {
	smtp    SMTPConfig
	secrets secretReader

	mu     sync.Mutex
	client *mail.Client // nil until the first mail, and after one could not be handed over
}

// Send hands letter to the mail server. The error is errRefused when the server answered
// with a permanent failure (RFC 5321 section 4.2.1); any other may pass.
func (m *Mailer) Send(ctx context.Context, letter Mail) error {
	message, err := compose(letter, m.smtp.From)
	if err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	client, err := m.connectable(ctx)
	if err != nil {
		return err
	}
	err = handOver(ctx, client, message)
	if err != nil && !errors.Is(err, errRefused) {
		m.forget(client)
	}
	return err
}

func handOver(ctx context.Context, client *mail.Client, message *mail.Msg) error {
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("connect to the mail server: %w", err)
	}
	err = client.SendWithSMTPClient(connection, message)
	// Once the server has taken the message, a failing goodbye changes nothing.
	_ = client.CloseWithSMTPClient(connection)
	if message.IsDelivered() {
		return nil
	}
	return answerOf(err)
}

// connectable returns the client with the present user name and password.
func (m *Mailer) connectable(ctx context.Context) (*mail.Client, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.client != nil {
		return m.client, nil
	}
	options := []mail.Option{mail.WithPort(m.smtp.Port), mail.WithTimeout(smtpTimeout)}
	switch m.smtp.TLS {
	case TLSNone:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case TLSStart:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case TLSImplicit:
		options = append(options, mail.WithSSL())
	}
	if m.smtp.Secret != "" {
		values, err := m.secrets.Secret(ctx, m.smtp.Secret)
		if err != nil {
			return nil, err
		}
		// Without TLS this never chooses a mechanism that shows the password.
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(values[contract.SecretKeyUsername]), mail.WithPassword(values[contract.SecretKeyPassword]))
	}
	client, err := mail.NewClient(m.smtp.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare the mail client: %w", err)
	}
	m.client = client
	return client, nil
}

// forget has the next mail read the credentials again: they may be what was wrong.
func (m *Mailer) forget(client *mail.Client) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.client == client {
		m.client = nil
	}
}

// answerOf reduces the mail server's answer to what it means, because its words may hold the
// recipient's address, which belongs in no log. A permanent answer about the message is
// errRefused; one about the server's state or our login (RFC 4954 section 6) is not, since
// an operator can mend that.
func answerOf(err error) error {
	var answer *mail.SendError
	if !errors.As(err, &answer) || answer.ErrorCode() == 0 {
		return errors.New("the connection to the mail server broke")
	}
	code := answer.ErrorCode()
	short := fmt.Errorf("the mail server answered %d %s (%s)", code, answer.EnhancedStatusCode(), answer.Reason)
	switch {
	case code == 530, code == 534, code == 535, code == 538, code < 500:
		return short
	}
	if answer.Reason == mail.ErrSMTPRcptTo {
		return fmt.Errorf("%w: %w", errRefused, &addressRefused{strings.TrimSpace(fmt.Sprintf("%d %s", code, answer.EnhancedStatusCode()))})
	}
	return fmt.Errorf("%w: %w", errRefused, short)
}
