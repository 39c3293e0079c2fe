package push

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// recorder keeps what is handed to notification.
type recorder struct {
	saved calls.SavePushSubscriptionRequest
}

func (r *recorder) Invoke(_ context.Context, app, method string, in, _ any) error {
	if app != contract.Notification || method != contract.MethodSavePushSubscription {
		return failure.New(failure.Internal, "%s of %s", method, app)
	}
	r.saved = in.(calls.SavePushSubscriptionRequest)
	return nil
}

func TestSave(t *testing.T) {
	const p256dh, secret = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg"
	cases := []struct {
		name   string
		change func(*Draft)
		http   bool
		field  string // at fault; "" when it is saved
	}{
		{"as a browser tells it", func(*Draft) {}, false, ""},
		{"with padding", func(d *Draft) { d.Keys = Keys{p256dh + "=", secret + "=="} }, false, ""},
		{"with a port", func(d *Draft) { d.Endpoint = "https://push.example.com:8443/one" }, false, ""},
		{"with a name of two lines", func(d *Draft) { d.Name = "Fire\nfox" }, false, "name"},
		{"without encryption", func(d *Draft) { d.Endpoint = "http://push.example.com/one" }, false, "endpoint"},
		{"without encryption where that is allowed", func(d *Draft) { d.Endpoint = "http://push.example.com/one" }, true, ""},
		{"without a host", func(d *Draft) { d.Endpoint = "https:///one" }, false, "endpoint"},
		{"with a password", func(d *Draft) { d.Endpoint = "https://a:b@push.example.com/one" }, false, "endpoint"},
		{"with a fragment", func(d *Draft) { d.Endpoint = "https://push.example.com/one#two" }, false, "endpoint"},
		{"with a key that is no point of the curve", func(d *Draft) { d.Keys.P256dh = "B" + strings.Repeat("A", 86) }, false, "keys.p256dh"},
		{"with a key in another alphabet", func(d *Draft) { d.Keys.P256dh = strings.Repeat("+", 87) }, false, "keys.p256dh"},
		{"with a secret that is too long", func(d *Draft) { d.Keys.Auth = base64.RawURLEncoding.EncodeToString(make([]byte, 17)) }, false, "keys.auth"},
		{"with a secret in another alphabet", func(d *Draft) { d.Keys.Auth = strings.Repeat("/", 22) }, false, "keys.auth"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			draft := Draft{Endpoint: "https://push.example.com/one", Keys: Keys{p256dh, secret}, Name: "Firefox"}
			c.change(&draft)
			var notification recorder
			_, err := NewService(&notification, c.http).Save(t.Context(), auth.Caller{UserID: "ann"}, draft)
			if c.field != "" {
				fault, ok := errors.AsType[*failure.Error](err)
				if !ok || fault.Kind != failure.Invalid || fault.Field != c.field || notification.saved.UserID != "" {
					t.Errorf("got %v, and %+v saved; want %s at fault", err, notification.saved, c.field)
				}
				return
			}
			want := calls.SavePushSubscriptionRequest{UserID: "ann", Endpoint: draft.Endpoint, P256dh: p256dh, Auth: secret, Name: "Firefox"}
			if err != nil || notification.saved != want {
				t.Errorf("got %v, and %+v saved", err, notification.saved)
			}
		})
	}
}
