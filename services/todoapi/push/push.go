// Package push has browsers subscribe to reminders. notification keeps the subscriptions, and sends.
package push

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// authLength is that of a browser's secret (RFC 8291 section 3.2), in bytes.
const authLength = 16

// Draft is what a browser tells of its subscription.
type Draft struct {
	Endpoint string `json:"endpoint" minLength:"1" maxLength:"1024" pattern:"^https?://[!-~]+$" example:"https://push.example.com/wpush/v2/gAAAAAB" doc:"Address at the browser's push service, with https"`
	Keys     Keys   `json:"keys"`
	Name     string `json:"name" minLength:"1" maxLength:"400" example:"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0" doc:"By which its user knows the device, such as its User-Agent"`
}

// Keys are those for which a browser wants its messages encrypted, in base64url.
type Keys struct {
	P256dh string `json:"p256dh" minLength:"87" maxLength:"88" example:"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" doc:"Public key on the curve P-256"`
	Auth   string `json:"auth" minLength:"22" maxLength:"24" example:"BTBZMqHH6r4Tts7J_aSIgg" doc:"Secret of 16 bytes"`
}

// Service reads and changes subscriptions.
type Service struct {
	notification calls.Invoker
	http         bool
}

// NewService makes the service. http says that push services may do without encryption.
func NewService(notification calls.Invoker, http bool) *Service { return &Service{notification, http} }

// Save adds a subscription of the caller's, or renews it.
func (s *Service) Save(ctx context.Context, caller auth.Caller, draft Draft) (calls.PushSubscription, error) {
	if err := s.checkEndpoint(draft.Endpoint); err != nil {
		return calls.PushSubscription{}, err
	}
	name, err := todo.CleanLine("name", draft.Name)
	if err != nil {
		return calls.PushSubscription{}, err
	}
	p256dh, err := decode("keys.p256dh", draft.Keys.P256dh)
	if err != nil {
		return calls.PushSubscription{}, err
	}
	if _, err := ecdh.P256().NewPublicKey(p256dh); err != nil {
		return calls.PushSubscription{}, failure.InvalidField("keys.p256dh", "must be an uncompressed point of the curve P-256")
	}
	secret, err := decode("keys.auth", draft.Keys.Auth)
	if err != nil {
		return calls.PushSubscription{}, err
	}
	if len(secret) != authLength {
		return calls.PushSubscription{}, failure.InvalidField("keys.auth", "must be %d bytes", authLength)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return calls.SavePushSubscription.Call(ctx, s.notification, calls.SavePushSubscriptionRequest{
		UserID: caller.UserID, Endpoint: draft.Endpoint, P256dh: encode(p256dh), Auth: encode(secret), Name: name,
	})
}

// checkEndpoint refuses what nothing could be sent to. Where the name leads is looked at when it is dialled.
func (s *Service) checkEndpoint(text string) error {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Hostname() == "" || address.User != nil || address.Fragment != "":
		return failure.InvalidField("endpoint", "must be the address of a subscription, as the browser has it")
	case address.Scheme != "https" && !s.http:
		return failure.InvalidField("endpoint", "must begin with https://")
	}
	return nil
}

func decode(field, text string) ([]byte, error) {
	value, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, failure.InvalidField(field, "must be base64url")
	}
	return value, nil
}
