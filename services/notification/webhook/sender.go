// Package webhook sends changes to the addresses that people name. It knows neither where
// deliveries are kept nor when they are due.
package webhook

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"code.dny.dev/ssrf"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/todoplatform/todoplatform/services/internal/events"
)

const (
	// attemptTimeout bounds one attempt, from looking up the name to the end of the answer.
	attemptTimeout = 10 * time.Second
	// maxAnswerBytes is how much of a refusing answer is read.
	maxAnswerBytes = 1 << 10
	userAgent      = "TodoPlatform-Webhooks/1"
)

// Outcome is what became of an attempt.
type Outcome string

// Outcomes.
const (
	Delivered   Outcome = "delivered"   // the endpoint took it
	Refused     Outcome = "refused"     // the endpoint answered with an error
	Gone        Outcome = "gone"        // the endpoint wants nothing any more
	Unreachable Outcome = "unreachable" // there was no answer
	Forbidden   Outcome = "forbidden"   // the address is none that may be reached
)

// Message is what is sent.
type Message struct {
	ID      string // the same over all attempts
	URL     string
	Body    []byte
	Secrets []string // each signs
}

// Result is what an attempt found.
type Result struct {
	Outcome    Outcome
	Status     int           // HTTP status of the answer; 0: there was none
	Reason     string        // why it failed, for the user
	RetryAfter time.Duration // that the endpoint asks for
	Took       time.Duration
}

// Sender sends messages.
type Sender struct {
	client *http.Client
	now    func() time.Time
}

// NewSender makes a sender that reaches public addresses and those in the networks allowed; now is
// the clock.
func NewSender(allowed []netip.Prefix, now func() time.Time) *Sender {
	return &Sender{newClient(allowed, nil), now}
}

// Send makes one attempt.
func (s *Sender) Send(ctx context.Context, m Message) Result {
	began := s.now()
	result := s.attempt(ctx, m)
	result.Took = s.now().Sub(began)
	return result
}

func (s *Sender) attempt(ctx context.Context, m Message) Result {
	request, err := s.request(ctx, m)
	if err != nil {
		return Result{Outcome: Forbidden, Reason: "no request can be made of the address and the secret"}
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return unanswered(err)
	}
	defer func() { _ = answer.Body.Close() }() // the status is known
	return s.answered(answer)
}

// request signs the message as Standard Webhooks says.
func (s *Sender) request(ctx context.Context, m Message) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	at := s.now()
	signatures := make([]string, len(m.Secrets))
	for i, secret := range m.Secrets {
		signer, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return nil, fmt.Errorf("read the secret: %w", err)
		}
		if signatures[i], err = signer.Sign(m.ID, at, m.Body); err != nil {
			return nil, fmt.Errorf("sign the message: %w", err)
		}
	}
	request.Header.Set("Content-Type", events.ContentType)
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set(standardwebhooks.HeaderWebhookID, m.ID)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return request, nil
}

func (s *Sender) answered(answer *http.Response) Result {
	result := Result{Outcome: Refused, Status: answer.StatusCode}
	switch {
	case answer.StatusCode/100 == 2:
		result.Outcome = Delivered
		return result
	case answer.StatusCode/100 == 3:
		result.Reason = fmt.Sprintf("the endpoint redirects (%d), which is not followed: name the address where it leads to", answer.StatusCode)
		return result
	case answer.StatusCode == http.StatusGone:
		result.Outcome = Gone
	case answer.StatusCode == http.StatusTooManyRequests, answer.StatusCode == http.StatusServiceUnavailable:
		result.RetryAfter = retryAfter(answer.Header.Get("Retry-After"), s.now())
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes)) // what came is enough
	result.Reason = strings.TrimSpace(fmt.Sprintf("the endpoint answered %d %s", answer.StatusCode, oneLine(text)))
	return result
}

// retryAfter reads the header Retry-After (RFC 9110 section 10.2.3); 0 where it says nothing.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// oneLine returns text as it may stand in a log or on a page.
func oneLine(text []byte) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(text), "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// unanswered says why there was no answer, without addresses of networks that are not the user's.
func unanswered(err error) Result {
	if errors.Is(err, ssrf.ErrProhibitedIP) {
		return Result{Outcome: Forbidden, Reason: "the address is not on the public internet, nor in a network that this platform allows"}
	}
	result := Result{Outcome: Unreachable, Reason: "the connection broke before there was an answer"}
	var timeout net.Error
	switch {
	case as[*net.DNSError](err):
		result.Reason = "the name of the host cannot be looked up"
	case errors.As(err, &timeout) && timeout.Timeout():
		result.Reason = fmt.Sprintf("there was no answer within %s", attemptTimeout)
	case errors.Is(err, syscall.ECONNREFUSED):
		result.Reason = "the connection was refused"
	case as[x509.UnknownAuthorityError](err), as[x509.HostnameError](err), as[x509.CertificateInvalidError](err):
		result.Reason = "the certificate of the endpoint is not valid"
	}
	return result
}

func as[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}
