package migration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	// lockWait bounds how long a file outside of a transaction waits for a lock, of which it holds one at a time.
	// One that builds an index concurrently waits for every older transaction, and may set another.
	lockWait = time.Minute
	// yieldAfter is when a file in a transaction gives back the locks that it has, and what services do goes on: who
	// works with several tables may hold one that it waits for, and wait for another that it has. It is much
	// less than PostgreSQL's deadlock_timeout, after which a service might be the one that fails.
	yieldAfter = 200 * time.Millisecond
	// yieldFor bounds how long such a file is tried.
	yieldFor = time.Minute
	// yieldPause lets those work that have waited behind the file.
	yieldPause = 50 * time.Millisecond
)

// SQLSTATEs of who has waited for a lock in vain.
const (
	lockNotAvailable = "55P03"
	deadlockDetected = "40P01"
)

// migrateTables runs goose with the schema as the search path, so that the schema also holds the history.
func migrateTables(ctx context.Context, cfg *pgx.ConnConfig, schema string, set store.MigrationSet) (err error) {
	patient, closePatient, err := newProvider(cfg, schema, set, lockWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closePatient()) }()
	yielding, closeYielding, err := newProvider(cfg, schema, set, yieldAfter)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeYielding()) }()

	files, err := patient.Status(ctx)
	if err != nil {
		return err
	}
	for _, file := range files {
		if file.State == goose.StateApplied {
			continue
		}
		alone, err := outsideTransaction(set.Files, file.Source.Path)
		if err != nil {
			return err
		}
		if alone {
			err = apply(ctx, patient, file.Source)
		} else {
			err = applyYielding(ctx, yielding, file.Source)
		}
		if err != nil {
			return fmt.Errorf("apply %s: %w", file.Source.Path, err)
		}
	}
	return nil
}

// newProvider returns goose on connections that wait so long for a lock, and what closes them.
func newProvider(cfg *pgx.ConnConfig, schema string, set store.MigrationSet, wait time.Duration) (*goose.Provider, func() error, error) {
	cfg = cfg.Copy()
	cfg.RuntimeParams["search_path"] = schema
	cfg.RuntimeParams["lock_timeout"] = fmt.Sprintf("%dms", wait.Milliseconds())
	db := stdlib.OpenDB(*cfg)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, set.Files,
		goose.WithDisableGlobalRegistry(true), goose.WithTableName(set.History))
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return provider, db.Close, nil
}

// outsideTransaction tells whether a file says that its statements are no transaction.
func outsideTransaction(files fs.FS, name string) (bool, error) {
	text, err := fs.ReadFile(files, name)
	return strings.Contains(string(text), "-- +goose NO TRANSACTION"), err
}

func apply(ctx context.Context, provider *goose.Provider, file *goose.Source) error {
	_, err := provider.ApplyVersion(ctx, file.Version, true)
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		return partial.Err
	}
	return err
}

// applyYielding applies a file that is a transaction, again and again until it gets its locks.
func applyYielding(ctx context.Context, provider *goose.Provider, file *goose.Source) error {
	for until := time.Now().Add(yieldFor); ; {
		err := apply(ctx, provider, file)
		if !lostLock(err) || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(yieldPause):
		}
	}
}

func lostLock(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (refused.Code == lockNotAvailable || refused.Code == deadlockDetected)
}
