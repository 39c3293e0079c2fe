package realtimesync

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

type issueTicketReply struct {
	Body protocol.Ticket
}

// registerTickets adds the operation that gives tickets to signed-in users.
func registerTickets(api huma.API, t *tickets) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{
		OperationID:   "issue-ticket",
		Method:        http.MethodPost,
		Path:          "/tickets",
		Summary:       "Get a ticket that opens one WebSocket",
		Description:   "The ticket is good for one use within 30 seconds. Send it in the first frame: " + `{"type":"hello","ticket":"…"}`,
		DefaultStatus: http.StatusCreated,
	}, t.verify), func(ctx context.Context, _ *struct{}) (*issueTicketReply, error) {
		id, err := auth.FromContext(ctx)
		if err != nil {
			return nil, err
		}
		ticket, err := t.issue(ctx, id)
		if err != nil {
			return nil, err
		}
		return &issueTicketReply{Body: ticket}, nil
	})
}
