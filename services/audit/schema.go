package audit

import (
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed *.sql
var functions embed.FS

// Schema returns the service's part of the database.
func Schema() store.Schema {
	return store.Schema{
		Name:       contract.Schema(contract.Audit),
		Migrations: []store.MigrationSet{store.OwnMigrations(store.Folder(migrations, "migrations"))},
		Functions:  []fs.FS{functions},
	}
}
