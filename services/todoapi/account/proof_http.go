package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// provenRoutes adds the operations that ask for the password once more.
func (h handlers) provenRoutes(api huma.API) {
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Account"}
		op.Description += " A wrong password counts as a failed sign-in."
		return httpapi.Protect(api, op, h.VerifyToken, auth.ScopeSession)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "change-password", Method: http.MethodPut, Path: "/me/password",
		Summary:     "Change one's password, which signs out everywhere else",
		Description: "API tokens stay: they are revoked one by one."}), h.changePassword)
}

type changePasswordInput struct {
	client
	Body struct {
		Current string `json:"current" maxLength:"512" doc:"The password so far" example:"correct horse battery"`
		New     string `json:"new" maxLength:"512" doc:"8 to 128 characters" example:"staple of many horses"`
	}
}

func (h handlers) changePassword(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.ChangePassword(ctx, caller, in.Body.Current, in.Body.New, h.origin(in.client))
}
