package push

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// Routes adds the operations on subscriptions to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	h := handlers{s}
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Web push"}
		return httpapi.Protect(api, op, verify, auth.ScopeSession)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "get-push-key", Method: http.MethodGet, Path: "/push/key",
		Summary: "Read the key that a browser needs to subscribe"}), h.key)
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-push-subscriptions", Method: http.MethodGet, Path: "/push/subscriptions",
		Summary: "Read to which of one's browsers reminders are pushed, the oldest first"}), h.list)
	httpapi.Register(api, protect(huma.Operation{OperationID: "save-push-subscription", Method: http.MethodPost, Path: "/push/subscriptions",
		Summary:       "Have reminders pushed to a browser. Once more with the same endpoint renews keys and name",
		DefaultStatus: http.StatusCreated}), h.save)
	httpapi.Register(api, protect(huma.Operation{OperationID: "delete-push-subscription", Method: http.MethodDelete, Path: "/push/subscriptions/{id}",
		Summary: "Have nothing pushed to a browser any more"}), h.delete)
}

type handlers struct{ *Service }

type keyOutput struct{ Body calls.PushKey }

func (h handlers) key(ctx context.Context, _ *struct{}) (*keyOutput, error) {
	key, err := calls.GetPushKey.Call(ctx, h.notification, struct{}{})
	return &keyOutput{key}, err
}

type listOutput struct{ Body calls.PushSubscriptions }

func (h handlers) list(ctx context.Context, _ *struct{}) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	found, err := calls.ListPushSubscriptions.Call(ctx, h.notification, calls.ListPushSubscriptionsRequest{UserID: caller.UserID})
	return &listOutput{found}, err
}

type saveInput struct{ Body Draft }

type saveOutput struct{ Body calls.PushSubscription }

func (h handlers) save(ctx context.Context, in *saveInput) (*saveOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	saved, err := h.Save(ctx, caller, in.Body)
	return &saveOutput{saved}, err
}

type deleteInput struct {
	ID string `path:"id" format:"uuid" doc:"Id of the subscription"`
}

func (h handlers) delete(ctx context.Context, in *deleteInput) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	_, err = calls.DeletePushSubscription.Call(ctx, h.notification, calls.DeletePushSubscriptionRequest{UserID: caller.UserID, ID: in.ID})
	return nil, err
}
