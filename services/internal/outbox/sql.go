package outbox

import (
	"embed"
	"io/fs"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the tables and functions of an outbox, for store.Schema.Functions.
// A transaction puts an event in with
//
//	append_event(user_id uuid, type text, subject text, data jsonb) RETURNS event
//
// which gives it the user's next seq and an id, and adds both to data together
// with userId and type, so that data alone is a complete document. Until it
// returns to commit, the transaction holds the user's lock.
//
//	event(position, user_id, seq, event_id, type, subject, at, data, sent_at)
//
// may be read by the schema's other functions: it is the user's change feed.
func SQL() fs.FS { return sql }
