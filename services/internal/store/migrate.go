package store

import (
	"context"
	"errors"
	"io/fs"
)

// Schema is one service's part of the database.
type Schema struct {
	// Name is the PostgreSQL schema, one of contract.Schema.
	Name string
	// Migrations holds the goose migrations at its root. Names in them are
	// unqualified; they run with Name as the search path. May be nil.
	Migrations fs.FS
	// Functions hold *.sql files at their roots with CREATE OR REPLACE FUNCTION
	// statements, applied after the migrations, each time, in the order given.
	Functions []fs.FS
	// CreateTables lets the service's role create tables in the schema: Dapr's
	// state store makes its own.
	CreateTables bool
}

// Role is the PostgreSQL login of one service.
type Role struct {
	Name     string
	Password string
}

// Migrate brings the schemas up to date and gives each role, keyed by schema name,
// the least rights on its schema. url is a direct connection (not through a pooler)
// of a role that may create schemas and roles. It is safe to run twice and in parallel.
func Migrate(ctx context.Context, url string, schemas []Schema, roles map[string]Role) error {
	return errors.New("not yet")
}
