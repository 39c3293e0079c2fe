package account

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// ChangeEmail has a mail sent to another address, whose link makes it that of the caller's account.
// Until then everything stays as it is. Whether another account has it shows only then, to whoever
// reads the mail there.
func (s *Service) ChangeEmail(ctx context.Context, caller auth.Caller, email, password string, origin Origin) error {
	if !s.verifies {
		return failure.New(failure.Conflict, "this platform verifies no addresses, so it changes none")
	}
	email, err := ParseEmail(email)
	if err != nil {
		return err
	}
	proven, err := s.prove(ctx, caller, password, "password", origin)
	if err != nil {
		return err
	}
	counted, err := s.accounts.requestEmailChange(ctx, proven, email)
	switch {
	case err != nil:
		return err
	case counted.Same:
		return failure.InvalidField("email", "is the address of this account already")
	case counted.Limited:
		return counted.exceeds("verification", counted.window(), "a mail was sent already; look for it among unwanted mail, too")
	}
	s.changed()
	return nil
}

// emailChangeAsk is what asking for another address comes to.
type emailChangeAsk struct {
	attempt
	Same bool `json:"same"` // the account has it already
}

func (a accounts) requestEmailChange(ctx context.Context, proven proof, email string) (emailChangeAsk, error) {
	var counted emailChangeAsk
	err := a.db.Call(ctx, "request_email_change", struct {
		proof
		NewEmail string `json:"newEmail"`
		PerDay   int    `json:"perDay"`
	}{proven, email, maxVerificationsPerDay}, &counted)
	return counted, err
}

// emailChange returns what the mail to the new address needs.
func (s *Service) emailChange(found record) (calls.Notice, error) {
	if found.NewEmail == "" {
		return calls.Notice{}, nil
	}
	token, err := s.keys.IssueEmailProof(found.ID, found.NewEmail, s.now())
	return calls.Notice{Email: found.NewEmail, Locale: found.Locale, Token: token, Needed: true}, err
}

// emailChangeAsked returns what the mail to the old address needs, which says that a new one was
// asked for. After the change, that mail is another one.
func (s *Service) emailChangeAsked(found record) calls.Notice {
	if found.NewEmail == "" || s.waits(found) {
		return calls.Notice{}
	}
	return calls.Notice{Email: found.Email, Locale: found.Locale, Other: found.NewEmail, Needed: true}
}
