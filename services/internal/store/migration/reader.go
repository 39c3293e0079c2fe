package migration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/services/internal/store"
)

// ReaderOf names the reader that goes with the role of a service's schema. Roles belong to the whole database
// server, so the name comes from that of the service's role.
func ReaderOf(role string) string {
	const suffix, maxLength = "_reader", 63 // PostgreSQL cuts what is longer
	if len(role)+len(suffix) <= maxLength {
		return role + suffix
	}
	sum := sha256.Sum256([]byte(role))
	hash := "_" + hex.EncodeToString(sum[:6])
	return role[:maxLength-len(hash)-len(suffix)] + hash + suffix
}

// ensureReader makes the role that tries conditions, and its functions, which only the
// owner of the schema's other functions may call. The role makes them itself, because
// giving it functions of somebody else takes the same rights. Afterwards it has none.
func ensureReader(ctx context.Context, tx pgx.Tx, schema store.Schema, reader string) error {
	if err := ensureNoLogin(ctx, tx, reader); err != nil {
		return err
	}
	name, role := quote(schema.Name), quote(reader)
	var owner string
	err := tx.QueryRow(ctx, "SELECT proowner::regrole::text FROM pg_proc WHERE oid = $1::text::regprocedure", name+".call(text, jsonb)").Scan(&owner)
	if err != nil {
		return fmt.Errorf("ask whose functions those of the schema are: %w", err)
	}
	become := []string{"GRANT USAGE, CREATE ON SCHEMA " + name + " TO " + role, "SET LOCAL ROLE " + role}
	if err := executeEach(ctx, tx, become); err != nil {
		return err
	}
	if err := applyFiles(ctx, tx, store.ReaderSQL()); err != nil {
		return err
	}
	return executeEach(ctx, tx, []string{
		"GRANT EXECUTE ON FUNCTION " + name + ".matching(anyarray, text, text, text[]) TO " + owner,
		"RESET ROLE",
		"REVOKE ALL ON SCHEMA " + name + " FROM " + role,
	})
}

var errRights = errors.New("it is there already and has rights of its own, which the reader must not have: drop it")

// ensureNoLogin makes a role that nobody can log in as, and lets the migration act for it.
func ensureNoLogin(ctx context.Context, tx pgx.Tx, name string) error {
	var exists, powerful, superuser bool
	err := tx.QueryRow(ctx, `SELECT count(r.oid) > 0,
			coalesce(bool_or(r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls OR m.member IS NOT NULL), false),
			bool_or(me.rolsuper)
		FROM pg_roles me LEFT JOIN pg_roles r ON r.rolname = $1 LEFT JOIN pg_auth_members m ON m.member = r.oid
		WHERE me.rolname = current_user`, name).Scan(&exists, &powerful, &superuser)
	if err != nil {
		return err
	}
	if powerful {
		return errRights
	}
	verb := "CREATE"
	if exists {
		verb = "ALTER"
	}
	statements := []string{verb + " ROLE " + quote(name) + " NOLOGIN"}
	if !superuser {
		statements = append(statements, "GRANT "+quote(name)+" TO CURRENT_USER")
	}
	return executeEach(ctx, tx, statements)
}
