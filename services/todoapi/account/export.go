package account

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

// Exported records that the caller is handed data as a file of a form. Whoever hands it out does so
// before the first byte goes: nothing leaves without a trace.
func (s *Service) Exported(ctx context.Context, caller auth.Caller, form string) error {
	err := s.accounts.db.Call(ctx, "record_export", struct {
		UserID    string        `json:"userId"`
		By        events.Actor  `json:"by"`
		SessionID string        `json:"sessionId,omitempty"`
		TokenID   string        `json:"tokenId,omitempty"`
		Details   events.Export `json:"details"`
	}{caller.UserID, caller.Actor(), caller.SessionID, caller.TokenID, events.Export{Form: form}}, nil)
	if err != nil {
		return err
	}
	s.changed()
	return nil
}
