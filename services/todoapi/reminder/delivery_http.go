package reminder

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Deliveries tells people which reminders did not reach them. notification knows.
type Deliveries struct{ notification calls.Invoker }

// NewDeliveries makes the service.
func NewDeliveries(notification calls.Invoker) *Deliveries { return &Deliveries{notification} }

// Routes adds the operations to api.
func (d *Deliveries) Routes(api huma.API, verify httpapi.Verify) {
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Reminders"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-failed-reminders", Method: http.MethodGet, Path: "/failed-reminders",
		Summary: "Read which reminders of the last 30 days did not get out by mail or push, the newest first"}), d.list)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "replay-failed-reminder", Method: http.MethodPost, Path: "/failed-reminders/{id}/replay",
		Summary: "Send a reminder once more, now, and as often as a new one", DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusConflict}}), d.replay)
	httpapi.Register(api, protect(auth.ScopeAccount, huma.Operation{OperationID: "get-reminder-mail", Method: http.MethodGet, Path: "/reminder-mail",
		Summary: "Read whether one's mail server takes reminders"}), d.mailState)
	httpapi.Register(api, protect(auth.ScopeAccount, huma.Operation{OperationID: "retry-reminder-mail", Method: http.MethodPost, Path: "/reminder-mail/retry",
		Summary: "Have reminders sent again to an address that its server has refused"}), d.retryMail)
}

type listInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"Most reminders on a page"`
	Cursor string `query:"cursor" format:"uuid" doc:"next of the page before"`
}

type listOutput struct{ Body calls.GivenUpPage }

func (d *Deliveries) list(ctx context.Context, in *listInput) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	page, err := calls.ListGivenUp.Call(ctx, d.notification, calls.ListGivenUpRequest{UserID: caller.UserID, Before: in.Cursor, Limit: in.Limit})
	return &listOutput{page}, err
}

type replayOutput struct{ Body calls.GivenUp }

func (d *Deliveries) replay(ctx context.Context, in *command.Addressed) (*replayOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	message, err := calls.ReplayGivenUp.Call(ctx, d.notification, calls.ReplayGivenUpRequest{UserID: caller.UserID, ID: in.ID})
	return &replayOutput{message}, err
}

type mailStateOutput struct{ Body calls.MailState }

func (d *Deliveries) mailState(ctx context.Context, _ *struct{}) (*mailStateOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	state, err := calls.ReadMailState.Call(ctx, d.notification, calls.MailStateRequest{UserID: caller.UserID})
	return &mailStateOutput{state}, err
}

func (d *Deliveries) retryMail(ctx context.Context, _ *struct{}) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	_, err = calls.RetryMail.Call(ctx, d.notification, calls.MailStateRequest{UserID: caller.UserID})
	return nil, err
}
