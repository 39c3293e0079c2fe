package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Invitation lets somebody sign up where sign-up is by invitation, once.
type Invitation struct {
	ID        string    `json:"id" format:"uuid"`
	Email     string    `json:"email,omitempty" doc:"Address that it is for; absent: any"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// MadeInvitation is a new invitation.
type MadeInvitation struct {
	Invitation
	Token string `json:"token" doc:"For the invitation of a sign-up. It is shown this once"`
	Link  string `json:"link,omitempty" doc:"Page with the form to sign up; absent where the platform does not know its address"`
}

// InvitationDraft says whom an invitation is for.
type InvitationDraft struct {
	Email string `json:"email,omitempty" maxLength:"254" example:"grace@example.org" doc:"Address that it is for; whoever has the token when absent"`
	Days  int    `json:"days,omitempty" minimum:"1" maximum:"90" default:"14" doc:"For which it is good"`
}

// Invite makes an invitation. A repetition makes another one: the token of the first is not kept.
func (s *Service) Invite(ctx context.Context, caller auth.Caller, draft InvitationDraft) (MadeInvitation, error) {
	if draft.Email != "" {
		var err error
		if draft.Email, err = account.ParseEmail(draft.Email); err != nil {
			return MadeInvitation{}, err
		}
	}
	token := rand.Text()
	hash := sha256.Sum256([]byte(token))
	made := MadeInvitation{Token: token}
	err := s.db.Call(ctx, "create_invitation", struct {
		args
		ID        string    `json:"id"`
		Hash      string    `json:"hash"`
		Email     string    `json:"email,omitempty"`
		ExpiresAt time.Time `json:"expiresAt"`
	}{s.by(caller), command.NewID(), hex.EncodeToString(hash[:]), draft.Email, s.now().AddDate(0, 0, draft.Days)}, &made.Invitation)
	return made, err
}

// Invitations lists those that are open.
func (s *Service) Invitations(ctx context.Context, caller auth.Caller) ([]Invitation, error) {
	var open []Invitation
	err := s.db.Call(ctx, "list_invitations", s.by(caller), &open)
	return open, err
}

// Withdraw ends an invitation that nobody has used.
func (s *Service) Withdraw(ctx context.Context, caller auth.Caller, id string) error {
	return s.db.Call(ctx, "withdraw_invitation", struct {
		args
		ID string `json:"id"`
	}{s.by(caller), id}, nil)
}
