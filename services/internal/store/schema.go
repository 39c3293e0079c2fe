package store

import (
	"embed"
	"io/fs"
)

//go:embed *.sql reader/*.sql
var sql embed.FS

// SQL returns what every schema has: the doors call and read, fail, and its revisions.
func SQL() fs.FS { return sql }

// ReaderSQL returns the functions that belong to the reader of a schema that has one.
func ReaderSQL() fs.FS { return Folder(sql, "reader") }

// Schema is one service's part of the database.
type Schema struct {
	// Name is the PostgreSQL schema, one of contract.Connections.
	Name string
	// Migrations make and change the tables, in the order given. Names in them are
	// unqualified; they run with Name as the search path.
	Migrations []MigrationSet
	// Functions hold *.sql files at their roots with idempotent statements (CREATE OR
	// REPLACE FUNCTION), applied after the migrations, each time, in the order given.
	// A function may refer to one in a later file. They make no tables.
	Functions []fs.FS
	// Reader makes a role without rights, and the function matching that runs as it: the
	// schema's operations let it try conditions that are not trusted.
	Reader bool
	// CreateTables lets the role create tables in the schema; see StateSchema.
	CreateTables bool
}

// StateSchema returns a schema that is empty: a state store of Dapr makes its tables there.
func StateSchema(name string) Schema { return Schema{Name: name, CreateTables: true} }

// MigrationSet is a line of goose migrations with a history of its own, so that several
// schemas can share one set.
type MigrationSet struct {
	History string // table in the schema that says which have run
	Files   fs.FS  // *.sql at its root
}

// OwnMigrations returns a schema's own line of migrations.
func OwnMigrations(files fs.FS) MigrationSet {
	return MigrationSet{History: "goose_db_version", Files: files}
}

// Folder returns one folder of embedded files. It panics when there is no such folder.
func Folder(files embed.FS, name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err)
	}
	return sub
}
