package calls

import "time"

// PushKey is what a browser wants to know before it subscribes.
type PushKey struct {
	PublicKey string `json:"publicKey" example:"BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8" doc:"Of the platform (RFC 8292), as applicationServerKey of a subscription"`
}

// ListPushSubscriptionsRequest asks for all subscriptions of a user.
type ListPushSubscriptionsRequest struct {
	UserID string `json:"userId"`
}

// PushSubscriptions are all subscriptions of a user, the oldest first.
type PushSubscriptions struct {
	Items []PushSubscription `json:"items"`
}

// PushSubscription is a browser to which reminders go.
type PushSubscription struct {
	ID        string     `json:"id" format:"uuid"`
	Name      string     `json:"name"`
	Endpoint  string     `json:"endpoint" doc:"By which a browser finds the subscription that is its own"`
	CreatedAt time.Time  `json:"createdAt"`
	SentAt    *time.Time `json:"sentAt" doc:"When the browser's push service last took a reminder; null: never"`
	Error     string     `json:"error" doc:"Why the last attempt failed; empty when it did not"`
}

// SavePushSubscriptionRequest adds a subscription. One with the same endpoint is the same.
type SavePushSubscriptionRequest struct {
	UserID   string `json:"userId"`
	Endpoint string `json:"endpoint"`
	P256dh   string `json:"p256dh"` // public key of the browser (RFC 8291), in base64url without padding
	Auth     string `json:"auth"`   // secret of the browser, the same
	Name     string `json:"name"`
}

// DeletePushSubscriptionRequest ends a subscription.
type DeletePushSubscriptionRequest struct {
	UserID string `json:"userId"`
	ID     string `json:"id"`
}
