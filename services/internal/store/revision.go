package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"log/slog"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
)

// Revision names what the schema is made of: any other migration or function gives another.
func (s Schema) Revision() (string, error) {
	sum := sha256.New()
	for _, set := range s.Migrations {
		if err := digest(sum, set.History, set.Files); err != nil {
			return "", err
		}
	}
	for _, files := range append([]fs.FS{SQL(), ReaderSQL()}, s.Functions...) {
		if err := digest(sum, "functions", files); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func digest(sum hash.Hash, what string, files fs.FS) error {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return fmt.Errorf("list the files of a schema: %w", err)
	}
	_, _ = fmt.Fprintf(sum, "%s %d\n", what, len(names)) // a hash takes everything
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read the files of a schema: %w", err)
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	return nil
}

// WaitSchema returns once the database carries the schema in this revision, or an error when
// ctx ends before. waits is told what it waits for, whenever that changes.
func (db *DB) WaitSchema(ctx context.Context, schema Schema, waits func(reason string)) error {
	revision, err := schema.Revision()
	if err != nil {
		return err
	}
	pauses := loop.Backoff{First: 500 * time.Millisecond, Most: 10 * time.Second}
	told := ""
	for {
		reason := db.lacks(ctx, revision)
		if reason == "" {
			return nil
		}
		if ctx.Err() == nil && reason != told {
			slog.WarnContext(ctx, "waiting for the database", "reason", reason)
			waits(reason)
			told = reason
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the schema %s: %w", db.schema, ctx.Err())
		case <-time.After(pauses.Next()):
		}
	}
}

// lacks says why the schema cannot be used in a revision. Empty: it can.
func (db *DB) lacks(ctx context.Context, revision string) string {
	var carries bool
	err := db.Call(ctx, "carries_revision", map[string]string{"revision": revision}, &carries)
	switch {
	case failure.KindOf(err) == failure.Unavailable:
		return "the database does not answer"
	case err != nil, !carries: // schemas of before know nothing of revisions
		return "the database carries an older schema " + db.schema + " than this version needs: run its migration"
	}
	return ""
}
