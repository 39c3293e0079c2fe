package notification

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// noticeVerification is the kind of the mail that verifies the address of a sign-up.
const noticeVerification calls.NoticeKind = "verification"

// noticesOf says which mails a change of an account asks for, by its type.
var noticesOf = map[string][]calls.NoticeKind{
	events.TypeVerificationRequested:  {noticeVerification},
	events.TypePasswordChanged:        {calls.NoticePasswordChanged},
	events.TypePasswordResetRequested: {calls.NoticePasswordReset},
	events.TypeEmailChangeRequested:   {calls.NoticeEmailChange, calls.NoticeEmailChangeAsked},
	events.TypeEmailChanged:           {calls.NoticeEmailChanged},
}

// noticeID is the key under which a mail is sent once: the id of the change that asks for it, and
// for each further mail of the same change one that follows from it.
func noticeID(change events.Change, n int) string {
	if n == 0 {
		return change.EventID
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "%s/%d", change.EventID, n)).String()
}

// noticeStore holds the statement that sets up notices; the others are deliveryStore's.
type noticeStore struct {
	db *store.DB
}

// add sets up a mail. Doing it twice is doing it once.
func (s noticeStore) add(ctx context.Context, id, userID string, kind calls.NoticeKind, askedAt time.Time) error {
	return s.db.Call(ctx, "add_notice", struct {
		ID      string           `json:"id"`
		UserID  string           `json:"userId"`
		Kind    calls.NoticeKind `json:"kind"`
		AskedAt time.Time        `json:"askedAt"`
	}{id, userID, kind, askedAt}, nil)
}
