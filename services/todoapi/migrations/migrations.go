// Package migrations holds the tables of todo-api, apart from the service for the tests of
// what the service is made of.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed *.sql
var files embed.FS

// Files returns the migrations, for store.OwnMigrations.
func Files() fs.FS { return files }
