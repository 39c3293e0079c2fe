package feed

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/gate"
)

// Service answers what has changed.
type Service struct {
	changes  changes
	audit    calls.Invoker
	exports  *gate.Gate // of the audit log
	exported Exported
}

// Exported records that the caller is about to be handed a file of a form.
type Exported func(ctx context.Context, caller auth.Caller, form string) error

// NewService makes the service on db; audit reaches the audit log.
func NewService(db *store.DB, audit calls.Invoker, exported Exported) *Service {
	return &Service{changes: changes{db}, audit: audit, exported: exported, exports: gate.New("exports of the audit log", exportsAtOnce)}
}

// Routes adds the operations on the feed to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Feed"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-changes", Method: http.MethodGet, Path: "/changes",
		Summary: "Read what has changed since a seq", Errors: []int{http.StatusGone}}), s.listChanges)
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "sync", Method: http.MethodGet, Path: "/sync",
		Summary: "Read all open tasks and the seq from which to follow the changes"}), s.sync)
	httpapi.Register(api, protect(auth.ScopeAuditRead, huma.Operation{OperationID: "list-audit-entries", Method: http.MethodGet, Path: "/audit",
		Summary:     "Read the audit log",
		Description: "What happened, in its order or the latest first, all of it or what a filter means. Go on from next for as long as there is one."}), s.listEntries)
	httpapi.Register(api, protect(auth.ScopeAuditRead, huma.Operation{OperationID: "export-audit-entries", Method: http.MethodGet, Path: "/audit/export",
		Summary:     "Read all of the audit log as one file",
		Description: "An answer that breaks off is incomplete: ask again.", Responses: exported()}), s.exportEntries)
}

type changesInput struct {
	After int64 `query:"after" minimum:"0" default:"0" doc:"seq of the last change that is known"`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Most changes in the answer; long ones make it fewer"`
}

type changesOutput struct{ Body Changes }

func (s *Service) listChanges(ctx context.Context, in *changesInput) (*changesOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	out := &changesOutput{}
	err = s.changes.read(ctx, caller.UserID, in.After, in.Limit, &out.Body)
	if err == nil && in.After < out.Body.Floor {
		err = failure.New(failure.Expired, "changes up to %d have been forgotten; read /sync and follow the changes from its head", out.Body.Floor)
	}
	return out, err
}

type syncInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"2000" default:"2000" doc:"Most tasks on a page; a page of long tasks holds fewer"`
	Cursor string `query:"cursor" maxLength:"45" pattern:"^((comments:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|comments)?$" patternDescription:"next of the page before" doc:"next of the page before"`
}

type syncOutput struct{ Body Snapshot }

func (s *Service) sync(ctx context.Context, in *syncInput) (*syncOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	out := &syncOutput{}
	err = s.changes.page(ctx, caller.UserID, in.Cursor, in.Limit, &out.Body)
	return out, err
}
