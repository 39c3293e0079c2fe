package outbox

import (
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed *.sql
var functions embed.FS

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the tables of an outbox, for store.Schema.
func Migrations() store.MigrationSet {
	return store.MigrationSet{History: "outbox_version", Files: store.Folder(migrations, "migrations")}
}

// SQL returns the functions of an outbox, for store.Schema. It may be put into any
// schema, beside that schema's own functions. An operation adds an event to its
// transaction with
//
//	next_seq(user_id uuid) RETURNS bigint
//	enqueue(user_id uuid, event_id uuid, type text, subject text, at timestamptz, data jsonb)
//
// in this order: next_seq takes the lock that keeps the user's events in order.
func SQL() fs.FS { return functions }
