package feed

import (
	"context"
	"encoding/json"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
)

// Invoker is what the feed needs of the sidecar; *dapr.Client has it.
type Invoker interface {
	Invoke(ctx context.Context, app, method string, in, out any) error
}

type entriesInput struct {
	After int64 `query:"after" minimum:"0" default:"0" doc:"Position of the last entry that is known"`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// Entry is one event in a user's audit log.
type Entry struct {
	Position int64           `json:"position" doc:"Counts from 1, without gaps"`
	Hash     string          `json:"hash" doc:"SHA-256 in hexadecimal over the hash before, the position and the record"`
	Record   json.RawMessage `json:"record" doc:"The event as the log keeps it"`
}

// Head is the end of an audit log.
type Head struct {
	Position int64  `json:"position"`
	Hash     string `json:"hash"`
}

// Entries is a part of a user's audit log.
type Entries struct {
	Items []Entry `json:"items"`
	Head  Head    `json:"head"`
}

type entriesOutput struct{ Body Entries }

// listEntries reads the signed-in user's own log from the service that keeps it.
func (s *Service) listEntries(ctx context.Context, in *entriesInput) (*entriesOutput, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	out := &entriesOutput{}
	err = s.audit.Invoke(ctx, contract.Audit, contract.MethodListEntries,
		listRequest{UserID: id.UserID, After: in.After, Limit: in.Limit}, &out.Body)
	return out, err
}
