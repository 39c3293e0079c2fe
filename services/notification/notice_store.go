package notification

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/store"
)

// noticeVerification is the kind of the mail that verifies an address.
const noticeVerification = "verification"

// noticeStore holds the statement that sets up notices; the others are deliveryStore's.
type noticeStore struct {
	db *store.DB
}

// add sets up a mail that the change with this event id asked for. Doing it twice is doing it once.
func (s noticeStore) add(ctx context.Context, eventID, userID, kind string, askedAt time.Time) error {
	return s.db.Call(ctx, "add_notice", struct {
		ID      string    `json:"id"`
		UserID  string    `json:"userId"`
		Kind    string    `json:"kind"`
		AskedAt time.Time `json:"askedAt"`
	}{eventID, userID, kind, askedAt}, nil)
}
