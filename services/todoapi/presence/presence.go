// Package presence keeps where people are connected at present, as the replicas of realtime-sync
// tell each other. See docs/decisions/0019-presence.md.
package presence

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// maxLearned is how many users one answer tells of beside those that were asked for. It is more
// than one call may change, so that answers get on.
const maxLearned = 2 * calls.MaxSharedUsers

// Service keeps presence.
type Service struct{ db *store.DB }

// NewService makes the service.
func NewService(db *store.DB) *Service { return &Service{db: db} }

// Methods adds what realtime-sync asks.
func (s *Service) Methods(server *dapr.Server) {
	calls.SharePresence.HandleEncoded(server, func(ctx context.Context, request calls.SharePresenceRequest) (json.RawMessage, error) {
		if len(request.Users) > calls.MaxSharedUsers {
			return nil, failure.InvalidField("users", "tell of at most %d users", calls.MaxSharedUsers)
		}
		var found json.RawMessage
		err := s.db.Call(ctx, "share_presence", struct {
			calls.SharePresenceRequest
			Limit int `json:"limit"`
		}{request, maxLearned}, &found)
		return found, err
	})
}
