package todoapi

import (
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/feed"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema describes todo-api's part of the database, for the migration Job and tests.
func Schema() store.Schema {
	root, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the directory is embedded
	}
	return store.Schema{
		Name:       contract.Schema(contract.TodoAPI),
		Migrations: root,
		Functions:  []fs.FS{outbox.SQL(), feed.SQL(), account.SQL(), task.SQL()},
	}
}
