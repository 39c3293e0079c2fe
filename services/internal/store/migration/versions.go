package migration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/todoplatform/todoplatform/services/internal/store"
)

// Versions are the numbers of the newest migrations, by schema and table of their history, as in todo.goose_db_version.
type Versions map[string]int64

// Known returns the versions up to which schemas go here.
func Known(schemas []store.Schema) (Versions, error) {
	known := Versions{}
	for _, schema := range schemas {
		for _, set := range schema.Migrations {
			names, err := fs.Glob(set.Files, "*.sql")
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				version, err := goose.NumericComponent(name)
				if err != nil {
					return nil, fmt.Errorf("schema %s: %s: %w", schema.Name, name, err)
				}
				line := schema.Name + "." + set.History
				known[line] = max(known[line], version)
			}
		}
	}
	return known, nil
}

// Carried returns the versions that a database carries of schemas. It is an error when it lacks one.
func Carried(ctx context.Context, conn *pgx.Conn, schemas []store.Schema) (Versions, error) {
	carried := Versions{}
	for _, schema := range schemas {
		for _, set := range schema.Migrations {
			var version int64
			table := pgx.Identifier{schema.Name, set.History}.Sanitize()
			err := conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+table+" WHERE is_applied").Scan(&version)
			if said, ok := errors.AsType[*pgconn.PgError](err); ok {
				return nil, fmt.Errorf("the database does not carry schema %s: %s", schema.Name, said.Message)
			}
			if err != nil {
				return nil, fmt.Errorf("ask for the version of schema %s: %w", schema.Name, err)
			}
			carried[schema.Name+"."+set.History] = version
		}
	}
	return carried, nil
}
