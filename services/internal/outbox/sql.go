package outbox

import (
	"embed"
	"io/fs"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the tables and functions of an outbox, for store.Schema.Functions. It
// may be put into any schema, beside that schema's own functions. An operation adds
// an event to its transaction with
//
//	append_event(user_id uuid, type text, subject text, data jsonb) RETURNS event
//
// and may read the user's events in the table
//
//	event(user_id, seq, position, event_id, type, subject, at, data, sent_at)
func SQL() fs.FS { return sql }
