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
		Description: "API tokens stay: they are revoked one by one.",
		Errors:      []int{http.StatusConflict}}), h.changePassword)
	httpapi.Register(api, protect(huma.Operation{OperationID: "change-email", Method: http.MethodPut, Path: "/me/email",
		Summary:       "Have a mail sent to a new address, whose link makes it one's own",
		Description:   "The old address stays until then, and its reader is told. The link is good for a day; a further request, or a new password, takes the one before back.",
		DefaultStatus: http.StatusAccepted,
		Errors:        []int{http.StatusConflict}}), h.changeEmail)
	httpapi.Register(api, protect(huma.Operation{OperationID: "delete-account", Method: http.MethodDelete, Path: "/me",
		Summary:     "Delete one's account and all that it holds",
		Description: "There is no way back. Sessions, API tokens and sockets end at once, the address may sign up again, and everything is erased soon afterwards. The audit log keeps that the account was there and when it was deleted."}), h.deleteAccount)
}

type changePasswordInput struct {
	Client
	Body struct {
		Current string `json:"current" maxLength:"512" doc:"The password so far" example:"correct horse battery"`
		New     string `json:"new" maxLength:"512" doc:"8 to 128 characters" example:"staple of many horses"`
	}
}

type deleteAccountInput struct {
	Client
	Body struct {
		Password string `json:"password" maxLength:"512" example:"correct horse battery"`
	}
}

func (h handlers) deleteAccount(ctx context.Context, in *deleteAccountInput) (*signedOutOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.Delete(ctx, caller, in.Body.Password, h.proxies.Origin(in.Client)); err != nil {
		return nil, err
	}
	return &signedOutOutput{h.cookie("", -1)}, nil
}

type changeEmailInput struct {
	Client
	Body struct {
		Email    string `json:"email" maxLength:"254" example:"ada@example.com"`
		Password string `json:"password" maxLength:"512" example:"correct horse battery"`
	}
}

func (h handlers) changeEmail(ctx context.Context, in *changeEmailInput) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.ChangeEmail(ctx, caller, in.Body.Email, in.Body.Password, h.proxies.Origin(in.Client))
}

func (h handlers) changePassword(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.ChangePassword(ctx, caller, in.Body.Current, in.Body.New, h.proxies.Origin(in.Client))
}
