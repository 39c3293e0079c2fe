// Package push sends messages to browsers through their push services (RFC 8030). It knows neither
// where deliveries are kept nor when they are due.
package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"github.com/todoplatform/todoplatform/services/notification/outbound"
)

// Outcome is what became of an attempt.
type Outcome string

// Outcomes.
const (
	Delivered Outcome = "delivered" // the push service took it
	Deferred  Outcome = "deferred"  // it may take it later
	Refused   Outcome = "refused"   // it will never take it
	Gone      Outcome = "gone"      // the subscription leads to nobody any more: its browser has ended it, or made it for another key
)

// Keys are the platform's VAPID key pair (RFC 8292), as contract.SecretKeyPushPrivate says.
type Keys struct{ Private, Public string }

// Subscription is where a browser is reached, and the keys for which it wants its messages encrypted.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	P256dh   string `json:"p256dh"`
	Auth     string `json:"auth"`
}

// Message is what is sent.
type Message struct {
	To   Subscription
	Body []byte
	// Topic has a message take the place of one that waits for the browser (RFC 8030 section 5.4).
	Topic string
	TTL   time.Duration // for how long it is worth anything
}

// Result is what an attempt found.
type Result struct {
	Outcome    Outcome
	Status     int           // HTTP status of the answer; 0: there was none
	Reason     string        // why it failed, for the user
	RetryAfter time.Duration // that the push service asks for
}

// Sender sends messages.
type Sender struct {
	keys    Keys
	subject string
	client  *http.Client
	now     func() time.Time
}

// NewSender makes a sender that reaches public addresses and those in the networks allowed; now is
// the clock. Push services turn to public, the address of the platform, when something is wrong.
func NewSender(keys Keys, public *url.URL, allowed []netip.Prefix, now func() time.Time) *Sender {
	return &Sender{keys, subjectOf(public), outbound.NewClient(allowed, nil), now}
}

// subjectOf makes of the platform's address what RFC 8292 allows as a contact.
func subjectOf(public *url.URL) string {
	host := "localhost"
	if public != nil {
		host = public.Host
	}
	return "https://" + host
}

// Send makes one attempt.
func (s *Sender) Send(ctx context.Context, m Message) Result {
	answer, err := webpush.SendNotificationWithContext(ctx, m.Body,
		&webpush.Subscription{Endpoint: m.To.Endpoint, Keys: webpush.Keys{P256dh: m.To.P256dh, Auth: m.To.Auth}},
		&webpush.Options{
			HTTPClient: s.client, Subscriber: s.subject, VAPIDPrivateKey: s.keys.Private, VAPIDPublicKey: s.keys.Public,
			Topic: m.Topic, TTL: int(m.TTL.Seconds()), Urgency: webpush.UrgencyHigh,
		})
	if err != nil {
		return unanswered(err)
	}
	defer func() { _ = answer.Body.Close() }() // the status is known
	return s.answered(answer)
}

// unanswered tells what the client met from what the message itself does not allow.
func unanswered(err error) Result {
	if _, ok := errors.AsType[*url.Error](err); !ok {
		return Result{Outcome: Refused, Reason: "no message can be encrypted for the keys of the browser"}
	}
	reason, forbidden := outbound.Unanswered(err)
	if forbidden {
		return Result{Outcome: Refused, Reason: reason}
	}
	return Result{Outcome: Deferred, Reason: reason}
}

// otherKey is how push services say that a browser has subscribed with another key than the platform's. Their
// statuses differ (400, 401 and 403), and mean other things as well.
var otherKey = regexp.MustCompile(`(?i)vapid.*(mismatch|do not correspond)`)

func (s *Sender) answered(answer *http.Response) Result {
	if answer.StatusCode/100 == 2 {
		return Result{Outcome: Delivered, Status: answer.StatusCode}
	}
	words := outbound.Words(answer)
	result := Result{Outcome: Refused, Status: answer.StatusCode}
	switch {
	case answer.StatusCode == http.StatusNotFound, answer.StatusCode == http.StatusGone:
		return Result{Outcome: Gone, Status: answer.StatusCode, Reason: "the browser has ended its subscription"}
	case answer.StatusCode == http.StatusTooManyRequests, answer.StatusCode/100 == 5:
		result.Outcome, result.RetryAfter = Deferred, outbound.RetryAfter(answer, s.now())
	case answer.StatusCode/100 == 4 && otherKey.MatchString(words):
		return Result{Outcome: Gone, Status: answer.StatusCode, Reason: "the browser has subscribed with another key"}
	}
	result.Reason = strings.TrimSpace(fmt.Sprintf("the push service answered %d %s", answer.StatusCode, words))
	return result
}
