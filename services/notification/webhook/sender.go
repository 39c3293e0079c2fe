// Package webhook sends changes to the addresses that people name. It knows neither where
// deliveries are kept nor when they are due.
package webhook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/outbound"
)

const userAgent = "TodoPlatform-Webhooks/1"

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
	Format  string // of the body, see todo.Webhook
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
	return &Sender{outbound.NewClient(allowed, nil), now}
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
		reason, forbidden := outbound.Unanswered(err)
		if forbidden {
			return Result{Outcome: Forbidden, Reason: reason}
		}
		return Result{Outcome: Unreachable, Reason: reason}
	}
	defer func() { _ = answer.Body.Close() }() // the status is known
	return s.answered(answer)
}

// request makes what is sent of the message, as its format says.
func (s *Sender) request(ctx context.Context, m Message) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("User-Agent", userAgent)
	switch m.Format {
	case todo.WebhookSlack, todo.WebhookDiscord:
		setBody(request, m.Body)
		request.Header.Set("Content-Type", "application/json")
		return request, nil
	case todo.WebhookNtfy:
		return request, ntfyRequest(request, m.Body)
	}
	return request, s.sign(request, m)
}

func setBody(request *http.Request, body []byte) {
	request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

// sign has the request carry the message with signatures as Standard Webhooks says.
func (s *Sender) sign(request *http.Request, m Message) error {
	setBody(request, m.Body)
	at := s.now()
	signatures := make([]string, len(m.Secrets))
	for i, secret := range m.Secrets {
		signer, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return fmt.Errorf("read the secret: %w", err)
		}
		if signatures[i], err = signer.Sign(m.ID, at, m.Body); err != nil {
			return fmt.Errorf("sign the message: %w", err)
		}
	}
	request.Header.Set("Content-Type", events.ContentType)
	request.Header.Set(standardwebhooks.HeaderWebhookID, m.ID)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return nil
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
		result.RetryAfter = outbound.RetryAfter(answer, s.now())
	}
	result.Reason = strings.TrimSpace(fmt.Sprintf("the endpoint answered %d %s", answer.StatusCode, outbound.Words(answer)))
	return result
}
