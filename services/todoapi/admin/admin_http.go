package admin

import (
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Routes adds what owners do to api. page is the address of the web page, nil where it is not known.
func (s *Service) Routes(api huma.API, verify httpapi.Verify, page *url.URL) {
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Administration"}
		return httpapi.Protect(api, op, verify, auth.ScopeAdmin)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-accounts", Method: http.MethodGet, Path: "/admin/accounts",
		Summary: "List the accounts of the platform, by address"}), s.list)
	httpapi.Register(api, protect(huma.Operation{OperationID: "get-account", Method: http.MethodGet, Path: "/admin/accounts/{id}",
		Summary: "Read an account"}), s.get)
	httpapi.Register(api, protect(huma.Operation{OperationID: "manage-account", Method: http.MethodPatch, Path: "/admin/accounts/{id}",
		Summary: "Disable an account, make it an owner, or give it another quota (RFC 7396)", Errors: []int{http.StatusConflict}}), s.manage)
	httpapi.Register(api, protect(huma.Operation{OperationID: "read-figures", Method: http.MethodGet, Path: "/admin/figures",
		Summary: "Read how much the platform holds"}), s.figures)
	httpapi.Register(api, protect(huma.Operation{OperationID: "export-audit-heads", Method: http.MethodGet, Path: "/admin/audit/heads",
		Summary:     "Read all platform heads of the audit log as one file",
		Description: "Signed lines that tell where the logs of all users stood, for todoplatform audit verify. An answer that breaks off is incomplete: ask again.",
		Responses:   httpapi.Files(headsType)}), s.exportHeads)
	httpapi.Register(api, protect(huma.Operation{OperationID: "count-failed-reminders", Method: http.MethodGet, Path: "/admin/failed-reminders",
		Summary: "Count the reminders of all users that did not get out by mail or push"}), s.failedReminders)
	httpapi.Register(api, protect(huma.Operation{OperationID: "create-invitation", Method: http.MethodPost, Path: "/admin/invitations",
		Summary: "Invite somebody; the token is shown this once", DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict}}), s.inviter(page))
	httpapi.Register(api, protect(huma.Operation{OperationID: "list-invitations", Method: http.MethodGet, Path: "/admin/invitations",
		Summary: "List the invitations that are open, the newest first"}), s.invitations)
	httpapi.Register(api, protect(huma.Operation{OperationID: "withdraw-invitation", Method: http.MethodDelete, Path: "/admin/invitations/{id}",
		Summary: "Withdraw an invitation that nobody has used"}), s.withdraw)
}

type listInput struct {
	Prefix string `query:"prefix" maxLength:"254" example:"ada@" doc:"How the address begins"`
	Status string `query:"status" enum:"all,enabled,disabled" default:"all" doc:"Which accounts to list"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most accounts on a page"`
	Cursor string `query:"cursor" maxLength:"400" doc:"next of the page before, of the same list"`
}

type listOutput struct{ Body AccountPage }

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	page, err := s.Accounts(ctx, caller, Query(*in))
	return &listOutput{page}, err
}

type accountOutput struct{ Body ManagedAccount }

func (s *Service) get(ctx context.Context, in *command.Addressed) (*accountOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Account(ctx, caller, in.ID)
	return &accountOutput{found}, err
}

type manageInput struct {
	command.Addressed
	Body AccountPatch `contentType:"application/merge-patch+json"`
}

func (s *Service) manage(ctx context.Context, in *manageInput) (*accountOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	managed, err := s.Manage(ctx, caller, in.ID, in.Body)
	return &accountOutput{managed}, err
}

type figuresOutput struct{ Body Figures }

func (s *Service) figures(ctx context.Context, _ *struct{}) (*figuresOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	figures, err := s.Figures(ctx, caller)
	return &figuresOutput{figures}, err
}

type failedRemindersOutput struct{ Body calls.GivenUpCounts }

func (s *Service) failedReminders(ctx context.Context, _ *struct{}) (*failedRemindersOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.FailedReminders(ctx, caller)
	return &failedRemindersOutput{counts}, err
}

type inviteInput struct{ Body InvitationDraft }

type inviteOutput struct{ Body MadeInvitation }

// inviter returns the handler that invites somebody to a page.
func (s *Service) inviter(page *url.URL) func(context.Context, *inviteInput) (*inviteOutput, error) {
	return func(ctx context.Context, in *inviteInput) (*inviteOutput, error) {
		caller, err := auth.FromContext(ctx)
		if err != nil {
			return nil, err
		}
		made, err := s.Invite(ctx, caller, in.Body)
		if page != nil {
			link := page.JoinPath("/")
			link.Fragment = "invitation=" + made.Token // no server logs it
			made.Link = link.String()
		}
		return &inviteOutput{made}, err
	}
}

// Invitations are those that are open.
type Invitations struct {
	Items []Invitation `json:"items"`
}

type invitationsOutput struct{ Body Invitations }

func (s *Service) invitations(ctx context.Context, _ *struct{}) (*invitationsOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	open, err := s.Invitations(ctx, caller)
	return &invitationsOutput{Invitations{open}}, err
}

func (s *Service) withdraw(ctx context.Context, in *command.Addressed) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Withdraw(ctx, caller, in.ID)
}
