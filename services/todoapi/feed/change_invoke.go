package feed

import (
	"context"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

type listRequest struct {
	UserID string `json:"userId"`
	After  int64  `json:"after"`
	Limit  int    `json:"limit"` // 0: as many as one answer holds
}

// Methods adds what realtime-sync and audit ask for: the changes that Kafka did not bring.
func (s *Service) Methods(server *dapr.Server) {
	dapr.HandleInvoke(server, contract.MethodListChanges, func(ctx context.Context, in listRequest) (Changes, error) {
		limit := in.Limit
		if limit < 1 || limit > maxChanges {
			limit = maxChanges
		}
		return s.changes.list(ctx, in.UserID, in.After, limit)
	})
}
