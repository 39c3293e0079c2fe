package todoapi

import (
	"io/fs"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/admin"
	"github.com/todoplatform/todoplatform/services/todoapi/calendar"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/comment"
	"github.com/todoplatform/todoplatform/services/todoapi/feed"
	"github.com/todoplatform/todoplatform/services/todoapi/migrations"
	"github.com/todoplatform/todoplatform/services/todoapi/presence"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/reminder"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/tag"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
	"github.com/todoplatform/todoplatform/services/todoapi/transfer"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
	"github.com/todoplatform/todoplatform/services/todoapi/webhook"
)

// Schema describes todo-api's part of the database, for the migration Job and tests.
func Schema() store.Schema {
	return store.Schema{
		Name:       contract.Schema(contract.TodoAPI),
		Migrations: []store.MigrationSet{outbox.Migrations(), store.OwnMigrations(migrations.Files())},
		Functions:  []fs.FS{outbox.SQL(), todo.SQL(), feed.SQL(), command.SQL(), account.SQL(), settings.SQL(), project.SQL(), tag.SQL(), comment.SQL(), task.SQL(), view.SQL(), transfer.SQL(), calendar.SQL(), admin.SQL(), webhook.SQL(), presence.SQL(), reminder.SQL()},
		Reader:     true,
	}
}
