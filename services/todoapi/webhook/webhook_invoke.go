package webhook

import (
	"context"
	"encoding/json"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

// Methods adds what notification asks, which sends to the webhooks.
func (s *Service) Methods(server *dapr.Server) {
	calls.ListWebhooks.HandleEncoded(server, func(ctx context.Context, request calls.ListWebhooksRequest) (json.RawMessage, error) {
		var found json.RawMessage
		err := s.DB.Call(ctx, "list_webhook_targets", request, &found)
		return found, err
	})
	calls.DisableWebhook.Handle(server, func(ctx context.Context, request calls.DisableWebhookRequest) (struct{}, error) {
		err := s.DB.Call(ctx, "disable_webhook", struct {
			calls.DisableWebhookRequest
			By events.Actor `json:"by"`
		}{request, events.Actor{Kind: events.ActorSystem, ID: contract.Notification}}, nil)
		if err == nil {
			s.Changed()
		}
		return struct{}{}, err
	})
}
