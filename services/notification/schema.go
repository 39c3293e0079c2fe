package notification

import (
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

//go:embed sql/*.sql
var functionFiles embed.FS

// Schema returns the database schema of this service, for the migration Job.
func Schema() store.Schema {
	return store.Schema{
		Name:       contract.Schema(contract.Notification),
		Migrations: folder(migrationFiles, "migrations"),
		Functions:  []fs.FS{outbox.SQL(), folder(functionFiles, "sql")},
	}
}

// folder returns one folder of files; the embed directives above guarantee that it exists.
func folder(files embed.FS, name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err)
	}
	return sub
}
