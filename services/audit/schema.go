package audit

import (
	"embed"
	"io/fs"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed sql/*.sql
var functions embed.FS

// Schema returns the service's part of the database.
func Schema() store.Schema {
	return store.Schema{
		Name:       contract.Schema(contract.Audit),
		Migrations: sub(migrations, "migrations"),
		Functions:  []fs.FS{sub(functions, "sql")},
	}
}

func sub(files embed.FS, dir string) fs.FS {
	inner, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // dir is one of the names embedded above
	}
	return inner
}
