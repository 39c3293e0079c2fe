package notification

import (
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed *.sql
var functions embed.FS

// Schema returns the database schema of this service, for the migration Job.
func Schema() store.Schema {
	return store.Schema{
		Name:       contract.Schema(contract.Notification),
		Migrations: []store.MigrationSet{outbox.Migrations(), store.OwnMigrations(store.Folder(migrations, "migrations"))},
		Functions:  []fs.FS{outbox.SQL(), todo.SQL(), functions},
	}
}
