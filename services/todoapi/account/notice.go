package account

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// notice returns what a mail about an account needs. Addresses and secrets come from here when
// the mail goes out: events carry none.
func (s *Service) notice(ctx context.Context, in calls.IssueNoticeRequest) (calls.Notice, error) {
	if in.Kind == calls.NoticePasswordReset {
		return s.reset(ctx, in.UserID)
	}
	found, err := s.accounts.get(ctx, in.UserID)
	if err != nil {
		return calls.Notice{}, err
	}
	switch in.Kind {
	case calls.NoticePasswordChanged:
		return calls.Notice{Email: found.Email, Locale: found.Locale, Needed: !s.waits(found)}, nil
	case calls.NoticeEmailChange:
		return s.emailChange(found)
	case calls.NoticeEmailChangeAsked:
		return s.emailChangeAsked(found), nil
	case calls.NoticeEmailChanged:
		return calls.Notice{Email: found.FormerEmail, Locale: found.Locale, Other: found.Email, Needed: found.FormerEmail != ""}, nil
	}
	return calls.Notice{}, failure.InvalidField("kind", "there is no notice %q", in.Kind)
}
