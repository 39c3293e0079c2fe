package store

import (
	"embed"
	"io/fs"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions that every schema has: the door call, and fail.
func SQL() fs.FS { return sql }

// Schema is one service's part of the database.
type Schema struct {
	// Name is the PostgreSQL schema, one of contract.Schema.
	Name string
	// Migrations holds the goose migrations at its root. Names in them are
	// unqualified; they run with Name as the search path. May be nil.
	Migrations fs.FS
	// Functions hold *.sql files at their roots with idempotent statements (CREATE OR
	// REPLACE FUNCTION), applied after the migrations, each time, in the order given.
	// A function may refer to one in a later file.
	Functions []fs.FS
	// CreateTables lets the service's role create tables in the schema: Dapr's
	// state store makes its own.
	CreateTables bool
}
