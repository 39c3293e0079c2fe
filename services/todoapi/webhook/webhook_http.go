package webhook

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds the operations on webhooks to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Webhooks"}
		return httpapi.Protect(api, op, verify, auth.ScopeWebhooks)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-webhooks", Method: http.MethodGet, Path: "/webhooks",
		Summary: "Read one's webhooks, the oldest first"}), s.list)
	httpapi.Register(api, protect(huma.Operation{OperationID: "create-webhook", Method: http.MethodPost, Path: "/webhooks",
		Summary:       "Have changes sent to an address. The secret that signs them is shown this once",
		DefaultStatus: http.StatusCreated}), s.create)
	httpapi.Register(api, protect(huma.Operation{OperationID: "get-webhook", Method: http.MethodGet, Path: "/webhooks/{id}",
		Summary: "Read a webhook"}), s.get)
	httpapi.Register(api, protect(huma.Operation{OperationID: "edit-webhook", Method: http.MethodPatch, Path: "/webhooks/{id}",
		Summary: "Change fields of a webhook (RFC 7396)"}), command.Editing[todo.Webhook](s.Commands, s.Update))
	httpapi.Register(api, protect(huma.Operation{OperationID: "delete-webhook", Method: http.MethodDelete, Path: "/webhooks/{id}",
		Summary: "Delete a webhook, with what waits to be sent and the log of its deliveries"}), command.Deleting(s.Commands, commandDelete))
	httpapi.Register(api, protect(huma.Operation{OperationID: "rotate-webhook-secret", Method: http.MethodPost, Path: "/webhooks/{id}/rotate-secret",
		Summary: "Make a new secret, which is shown this once. The one before signs as well for 24 hours"}), s.rotate)
	httpapi.Register(api, protect(huma.Operation{OperationID: "test-webhook", Method: http.MethodPost, Path: "/webhooks/{id}/test",
		Summary:       "Send a change of type webhook.tested there, whatever types it is for",
		DefaultStatus: http.StatusAccepted}), command.Acting[todo.Webhook](s.Commands, commandTest))
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-webhook-deliveries", Method: http.MethodGet, Path: "/webhooks/{id}/deliveries",
		Summary: "Read what became of the changes of the last 7 days that a webhook is for, the newest first"}), s.deliveries)
	httpapi.Register(api, protect(huma.Operation{OperationID: "replay-webhook-delivery", Method: http.MethodPost, Path: "/webhooks/{id}/deliveries/{deliveryId}/replay",
		Summary:       "Send a change there once more, now, and as often as a new one",
		DefaultStatus: http.StatusAccepted}), s.replay)
}

func (s *Service) list(ctx context.Context, _ *struct{}) (*command.ListOutput[todo.Webhook], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.AnswerList(s.List(ctx, caller))
}

type getInput struct{ command.Addressed }

func (s *Service) get(ctx context.Context, in *getInput) (*command.Output[todo.Webhook], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.Answer(s.Get(ctx, caller, in.ID))
}

type madeOutput struct {
	command.Changed
	ETag string `header:"ETag" doc:"Version of the webhook, for If-Match"`
	Body Made
}

func (s *Service) create(ctx context.Context, in *command.CreateInput[Draft]) (*madeOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	create, err := s.Create("", in.Body)
	if err != nil {
		return nil, err
	}
	return s.secretly(ctx, caller, in.IdempotencyKey, create)
}

func (s *Service) rotate(ctx context.Context, in *command.Changing) (*madeOutput, error) {
	caller, target, err := in.Target(ctx)
	if err != nil {
		return nil, err
	}
	return s.secretly(ctx, caller, target.Key, command.On(commandRotate, target))
}

// secretly applies a command that makes a secret, and answers with it.
func (s *Service) secretly(ctx context.Context, caller auth.Caller, key string, make command.Command) (*madeOutput, error) {
	done, err := command.One[todo.Webhook](ctx, s.Commands, caller, key, make)
	if err != nil {
		return nil, err
	}
	webhook, err := done.Object.Value()
	if err != nil {
		return nil, err
	}
	made, err := s.reveal(ctx, caller, webhook.ID)
	return &madeOutput{command.Changed(done.Act), command.EntityTag(made.Version), made}, err
}

type deliveriesInput struct {
	command.Addressed
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"Most deliveries on a page"`
	Cursor string `query:"cursor" format:"uuid" doc:"next of the page before"`
}

type deliveriesOutput struct{ Body calls.WebhookDeliveries }

func (s *Service) deliveries(ctx context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, caller, in.ID); err != nil { // notification may not know yet whether it is there
		return nil, err
	}
	page, err := calls.ListWebhookDeliveries.Call(ctx, s.Log, calls.ListWebhookDeliveriesRequest{
		UserID: caller.UserID, WebhookID: in.ID, Before: in.Cursor, Limit: in.Limit,
	})
	return &deliveriesOutput{page}, err
}

type replayInput struct {
	command.Addressed
	DeliveryID string `path:"deliveryId" format:"uuid" doc:"Id of the delivery"`
}

type deliveryOutput struct{ Body calls.WebhookDelivery }

func (s *Service) replay(ctx context.Context, in *replayInput) (*deliveryOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, caller, in.ID); err != nil {
		return nil, err
	}
	delivery, err := calls.ReplayWebhookDelivery.Call(ctx, s.Log, calls.ReplayWebhookDeliveryRequest{
		UserID: caller.UserID, WebhookID: in.ID, DeliveryID: in.DeliveryID,
	})
	return &deliveryOutput{delivery}, err
}
