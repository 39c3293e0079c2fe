package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// tokenRoutes adds the operations on API tokens to api.
func (h handlers) tokenRoutes(api huma.API) {
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"API tokens"}
		return httpapi.Protect(api, op, h.VerifyToken, auth.ScopeSession)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "create-token", Method: http.MethodPost, Path: "/tokens",
		Summary:       "Make an API token, whose secret is shown this once",
		Description:   "With it a program acts for its user until it expires or is revoked, whatever becomes of the session that made it. Each request makes another one.",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusConflict}}), h.createToken)
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-tokens", Method: http.MethodGet, Path: "/tokens",
		Summary: "List one's API tokens, the newest first"}), h.listTokens)
	httpapi.Register(api, protect(huma.Operation{OperationID: "revoke-token", Method: http.MethodDelete, Path: "/tokens/{id}",
		Summary: "Revoke an API token: its next request is refused, and its sockets close"}), h.revokeToken)
}

type createTokenInput struct{ Body TokenDraft }

type createTokenOutput struct{ Body MadeToken }

func (h handlers) createToken(ctx context.Context, in *createTokenInput) (*createTokenOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	made, err := h.CreateToken(ctx, caller, in.Body)
	if err != nil {
		return nil, err
	}
	return &createTokenOutput{made}, nil
}

// Tokens are the API tokens of a user.
type Tokens struct {
	Items []Token `json:"items"`
}

type tokensOutput struct{ Body Tokens }

func (h handlers) listTokens(ctx context.Context, _ *struct{}) (*tokensOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := h.Tokens(ctx, caller.UserID)
	if err != nil {
		return nil, err
	}
	return &tokensOutput{Tokens{tokens}}, nil
}

type revokeTokenInput struct {
	ID string `path:"id" format:"uuid" doc:"Id of the token"`
}

func (h handlers) revokeToken(ctx context.Context, in *revokeTokenInput) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.RevokeToken(ctx, caller, in.ID)
}
