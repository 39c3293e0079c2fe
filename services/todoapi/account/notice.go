package account

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// notice returns what a mail about an account needs. Addresses and secrets come from here when
// the mail goes out: events carry none.
func (s *Service) notice(ctx context.Context, in calls.IssueNoticeRequest) (calls.Notice, error) {
	switch in.Kind {
	case calls.NoticePasswordReset:
		return s.reset(ctx, in.UserID)
	case calls.NoticePasswordChanged:
		found, err := s.accounts.get(ctx, in.UserID)
		if err != nil || s.waits(found) {
			return calls.Notice{}, err
		}
		return calls.Notice{Email: found.Email, Needed: true}, nil
	}
	return calls.Notice{}, failure.InvalidField("kind", "there is no notice %q", in.Kind)
}
