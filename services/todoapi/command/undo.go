package command

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

const commandUndo = "act.undo"

// Undone says what was taken back.
type Undone struct {
	Group   string `json:"group"`
	Changes int    `json:"changes" doc:"How many objects are again what they were"`
}

// Undo takes back what the caller did in the last 24 hours under a group. It is an act itself,
// and can be undone. Where the same has been changed since, it is failure.Conflict and nothing
// is done; where the act changed settings or webhooks, the caller must be one who may.
func (s *Service) Undo(ctx context.Context, caller auth.Caller, key, group string) (Made[Undone], error) {
	undo := On(commandUndo, Target{ID: group})
	var except []string
	for _, entity := range []string{events.EntitySettings, events.EntityWebhook} {
		if caller.Require(scopeOf(entity)) != nil {
			except = append(except, entity)
		}
	}
	if except != nil {
		undo.Fields = map[string]any{"except": except}
	}
	made, err := One[Undone](ctx, s, caller, key, undo)
	if failure.KindOf(err) == failure.Forbidden { // its field is the entity that was excepted
		return Made[Undone]{}, cmp.Or(caller.Require(scopeOf(failure.Public(err).Field)), err)
	}
	return made, err
}

// undoRoute adds undo to api.
func (s *Service) undoRoute(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "undo", Method: http.MethodPost, Path: "/undo",
		Summary:     "Take back what was done as one act in the last 24 hours",
		Description: "The act is named by the Change-Group of its answer, or by the group of its changes. Undoing is an act too, and undoing it does it again. Where it changed settings, this needs the scope account besides, and where webhooks, the scope webhooks.",
		Tags:        []string{"Commands"}, Errors: []int{http.StatusNotFound}}, verify, auth.ScopeTasksWrite), s.undo)
}

type undoInput struct {
	Keyed
	Body struct {
		Group string `json:"group" format:"uuid" doc:"Change-Group of what is to be taken back"`
	}
}

type undoOutput struct {
	Changed
	Body Undone
}

func (s *Service) undo(ctx context.Context, in *undoInput) (*undoOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	made, err := s.Undo(ctx, caller, in.IdempotencyKey, in.Body.Group)
	if err != nil {
		return nil, err
	}
	undone, err := made.Object.Value()
	return &undoOutput{Changed(made.Act), undone}, err
}
