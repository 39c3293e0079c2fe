package account

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// maxVerificationsPerDay bounds the mails to one address that nobody has verified: its owner
// may not be who signed up. Besides there is at most one a minute.
const maxVerificationsPerDay = 5

// verificationAsk is what asking for the mail comes to.
type verificationAsk struct {
	attempt
	Needed bool `json:"needed"`
}

// requestVerification asks for the mail that verifies the address; with first, only if it was
// never asked for.
func (a accounts) requestVerification(ctx context.Context, userID string, by events.Actor, first bool) (verificationAsk, error) {
	args := map[string]any{"userId": userID, "by": by, "perDay": maxVerificationsPerDay}
	if first {
		args["first"] = true
	}
	var ask verificationAsk
	err := a.db.Call(ctx, "request_verification", args, &ask)
	return ask, err
}

func (a accounts) verifyEmail(ctx context.Context, userID, email string) error {
	return a.db.Call(ctx, "verify_email", map[string]any{"userId": userID, "email": email, "by": person(userID)}, nil)
}

// RequestVerification has the mail that verifies the caller's address sent, again perhaps.
func (s *Service) RequestVerification(ctx context.Context, caller auth.Caller) error {
	if !s.verifies {
		return failure.New(failure.Conflict, "this platform verifies no addresses")
	}
	ask, err := s.accounts.requestVerification(ctx, caller.UserID, caller.Actor(), false)
	switch {
	case err != nil:
		return err
	case ask.Limited:
		return ask.exceeds("verification", ask.window(), "the mail was sent already; look for it among unwanted mail, too")
	case !ask.Needed:
		return failure.New(failure.Conflict, "the address is verified already")
	}
	s.changed()
	return nil
}

// window is that of the limit which was exceeded: of the two, one a minute has the quota 1.
func (a attempt) window() time.Duration {
	if a.Quota == 1 {
		return time.Minute
	}
	return 24 * time.Hour
}

// VerifyEmail takes the token of a mail as the proof that somebody reads it.
func (s *Service) VerifyEmail(ctx context.Context, token string) error {
	userID, email, err := s.keys.VerifyEmailProof(token, s.now())
	if err != nil {
		return err
	}
	if err := s.accounts.verifyEmail(ctx, userID, email); err != nil {
		return err
	}
	s.changed()
	return nil
}

// contact says where a user can be reached.
func (s *Service) contact(ctx context.Context, in calls.GetContactRequest) (calls.Contact, error) {
	found, err := s.accounts.get(ctx, in.UserID)
	if err != nil {
		return calls.Contact{}, err
	}
	s.askOnce(ctx, found)
	contact := calls.Contact{Email: found.Email, Zone: found.Zone, Locale: found.Locale, Unverified: s.waits(found)}
	if contact.StopToken, err = s.keys.IssueMailStop(found.ID, s.now()); err != nil || in.Link == nil {
		return contact, err
	}
	link := *in.Link
	link.UserID = found.ID
	contact.LinkToken, err = s.keys.IssueReminderLink(link, s.now())
	return contact, err
}

// waits tells whether mail to an account waits for the verification of its address.
func (s *Service) waits(found record) bool {
	return s.verifies && !found.EmailVerified && !found.MailGrace
}

// verification returns what the mail that verifies a user's address needs.
func (s *Service) verification(ctx context.Context, in calls.IssueVerificationRequest) (calls.Verification, error) {
	found, err := s.accounts.get(ctx, in.UserID)
	if err != nil || !s.verifies || found.EmailVerified {
		return calls.Verification{}, err
	}
	token, err := s.keys.IssueEmailProof(found.ID, found.Email, s.now())
	return calls.Verification{Email: found.Email, Locale: found.Locale, Token: token, Needed: true}, err
}

// askOnce asks for the mail that verifies the address of an account for which nobody has yet:
// it is from before addresses were verified. What comes of it changes nothing for the caller.
func (s *Service) askOnce(ctx context.Context, found record) {
	if !s.verifies || found.EmailVerified || found.VerificationAsked {
		return
	}
	if _, err := s.accounts.requestVerification(ctx, found.ID, person(found.ID), true); err != nil {
		slog.ErrorContext(ctx, "ask for the mail that verifies an address", "user", found.ID, "error", err)
		return
	}
	s.changed()
}

// shown is an account as its user sees it.
func (s *Service) shown(account Account) Account {
	account.EmailVerificationRequired = s.verifies && !account.EmailVerified
	account.TrashDays = s.trashDays
	account.Owner = account.Owner || account.EmailVerified && slices.Contains(s.owners, account.Email)
	return account
}
