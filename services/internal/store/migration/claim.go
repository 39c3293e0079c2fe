package migration

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
)

// claimSQL makes the place for the owner.
//
//go:embed claim.sql
var claimSQL string

// Platform is a platform as databases know it: by an id of its own, because names come again.
type Platform struct{ ID, Namespace, Name string }

// Claim makes the database the platform's own, and refuses one that is another's. One that is nobody's
// yet is taken, whatever it holds.
func Claim(ctx context.Context, url string, platform Platform) (err error) {
	conn, err := openAlone(ctx, url) // of several at a time one makes the table, and one row is the first
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := execute(ctx, tx, claimSQL); err != nil {
			return fmt.Errorf("make the table %s: %w", contract.OwnerTable, err)
		}
		_, err := tx.Exec(ctx, "INSERT INTO "+contract.OwnerTable+" (id, namespace, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
			platform.ID, platform.Namespace, platform.Name)
		if err != nil {
			return fmt.Errorf("note whose database this is: %w", err)
		}
		var owner Platform
		err = tx.QueryRow(ctx, "SELECT id, namespace, name FROM "+contract.OwnerTable).Scan(&owner.ID, &owner.Namespace, &owner.Name)
		if err != nil {
			return fmt.Errorf("ask whose database this is: %w", err)
		}
		if owner.ID != platform.ID {
			return errors.New(contract.DatabaseTaken(owner.Name, owner.Namespace))
		}
		return nil
	})
}
