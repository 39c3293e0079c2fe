package settings

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds the operations on settings to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	httpapi.Nullable[todo.QuietHours](api)
	h := handlers{s}
	tags := []string{"Settings"}
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "get-settings", Method: http.MethodGet, Path: "/settings",
		Summary: "Read one's settings", Tags: tags}, verify, auth.ScopeAccount), h.get)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "edit-settings", Method: http.MethodPatch, Path: "/settings",
		Summary: "Change some of one's settings (RFC 7396)", Tags: tags}, verify, auth.ScopeAccount), h.edit)
}

type handlers struct{ *Service }

func (h handlers) get(ctx context.Context, _ *struct{}) (*command.Output[todo.Settings], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return command.Answer(h.Get(ctx, caller))
}

type editInput struct {
	command.Keyed
	command.Conditional
	Body Patch `contentType:"application/merge-patch+json"`
}

func (h handlers) edit(ctx context.Context, in *editInput) (*command.ChangedOutput[todo.Settings], error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return command.AnswerChanged(h.Edit(ctx, caller, in.IdempotencyKey, version, in.Body))
}
