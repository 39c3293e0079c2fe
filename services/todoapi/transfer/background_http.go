package transfer

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// storeTime bounds how long after its arrival a file may take to be stored.
const storeTime = time.Minute

// backgroundRoutes adds imports in the background to api.
func (s *Service) backgroundRoutes(api huma.API, verify httpapi.Verify, prefix string, tags []string) {
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = tags
		return httpapi.Protect(api, op, verify, auth.ScopeTasksWrite)
	}
	httpapi.RegisterUpload(api, protect(huma.Operation{OperationID: "start-import", Method: http.MethodPost, Path: "/imports",
		Summary:     "Have a file imported in the background",
		Description: "The body and the query are those of POST /import. One import of a user's waits or runs at a time; it goes on when the session or token with which it was asked for has ended.",
		Errors:      []int{http.StatusConflict}, DefaultStatus: http.StatusAccepted}), importTypes, s.submitter(prefix))
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-imports", Method: http.MethodGet, Path: "/imports",
		Summary: "List one's imports in the background, the newest first; at most 20"}), s.list)
	httpapi.Register(api, protect(huma.Operation{OperationID: "get-import", Method: http.MethodGet, Path: "/imports/{id}",
		Summary: "Tell how far an import is, and when it is done what became of the file"}), s.get)
	httpapi.Register(api, protect(huma.Operation{OperationID: "cancel-import", Method: http.MethodDelete, Path: "/imports/{id}",
		Summary: "Cancel what is left of an import; what it has brought stays, and can be undone by its groups"}), s.cancel)
}

type submittedOutput struct {
	Location string `header:"Location"`
	Body     Import
}

func (s *Service) submitter(prefix string) func(context.Context, *importInput) (*submittedOutput, error) {
	return func(ctx context.Context, in *importInput) (*submittedOutput, error) {
		caller, err := auth.FromContext(ctx)
		if err != nil {
			return nil, err
		}
		ctx, cancel := in.Long(ctx, uploadTime+storeTime)
		defer cancel()
		body, options, err := in.file()
		if err != nil {
			return nil, err
		}
		queued, err := s.Submit(ctx, caller, body, options)
		return &submittedOutput{prefix + "/imports/" + queued.ID, queued}, err
	}
}

type importsOutput struct{ Body Imports }

func (s *Service) list(ctx context.Context, _ *struct{}) (*importsOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Imports(ctx, caller)
	return &importsOutput{found}, err
}

type importDetailOutput struct{ Body ImportDetail }

func (s *Service) get(ctx context.Context, in *command.Addressed) (*importDetailOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.ImportOf(ctx, caller, in.ID)
	return &importDetailOutput{found}, err
}

func (s *Service) cancel(ctx context.Context, in *command.Addressed) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Cancel(ctx, caller, in.ID)
}
