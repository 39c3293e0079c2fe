package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/migrate"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

// nameTime is the form of the time in the name of a backup, which sorts by it.
const nameTime = "20060102T150405Z"

// collect copies the Secrets to where they stay as they are: those that are mounted follow what the cluster holds.
func collect(from, to string) error {
	for _, name := range partNames() {
		place, isSecret := strings.CutPrefix(name, secretsName+"/")
		if !isSecret {
			continue
		}
		value, err := os.ReadFile(filepath.Join(from, place)) //nolint:gosec // one of the names that parts may have
		if errors.Is(err, os.ErrNotExist) {
			continue // a key that the platform does not have
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(to, place)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, place), value, 0o600) //nolint:gosec // as above
		}
		if err != nil {
			return fmt.Errorf("copy %s: %w", place, err)
		}
	}
	return nil
}

// storing is all that a backup is told.
type storing struct {
	place             place
	folder            string // that holds the dump and the Secrets
	url               string
	platform, version string
	logins            map[string]string
	keep              int
	now               func() time.Time
}

func storingFromEnv(getenv func(string) string) (storing, error) {
	keep, err := strconv.Atoi(getenv(contract.EnvBackupKeep))
	if err != nil || keep < 1 {
		return storing{}, fmt.Errorf("%s must be a number of at least 1", contract.EnvBackupKeep)
	}
	logins, err := loginsFromEnv(getenv)
	if err != nil {
		return storing{}, err
	}
	place, err := placeFromEnv(getenv)
	if err != nil {
		return storing{}, err
	}
	return storing{
		place: place, folder: contract.BackupScratch, url: getenv(contract.EnvBackupDatabaseURL),
		platform: getenv(contract.EnvBackupPlatform), version: getenv(contract.EnvBackupVersion),
		logins: logins, keep: keep, now: time.Now,
	}, nil
}

func loginsFromEnv(getenv func(string) string) (map[string]string, error) {
	logins := map[string]string{}
	for _, schema := range migrate.Schemas() {
		variable := contract.EnvMigrateRolePrefix + strings.ToUpper(schema.Name)
		if logins[schema.Name] = getenv(variable); logins[schema.Name] == "" {
			return nil, fmt.Errorf("set %s", variable)
		}
	}
	return logins, nil
}

// run stores a backup, reads it again, and only then removes what is too old.
func (s storing) run(ctx context.Context, say func(string, ...any)) error {
	about, lineage, err := s.describe(ctx)
	if err != nil {
		return err
	}
	archive := filepath.Join(s.folder, "archive.tar")
	if err := writeArchive(archive, s.folder, about); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	name := about.Made.Format(nameTime) + "-" + lineage + ".tar"
	if err := s.place.put(ctx, name, archive); err != nil {
		return err
	}
	if err := s.verify(ctx, name); err != nil {
		return fmt.Errorf("backup %s cannot be read again: %w", name, err)
	}
	say("stored backup %s\n", name)
	return s.prune(ctx, lineage, say)
}

// describe asks the database what the dump is of. It asks after the dump was made: should a migration have come
// between, a program that is too old for the dump still refuses it.
func (s storing) describe(ctx context.Context) (about manifest, lineage string, err error) {
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return about, "", errors.New("the database does not let the administrator in") // the driver's own error may quote the password
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	about = manifest{Made: s.now().UTC().Truncate(time.Second), Platform: s.platform, Version: s.version, Logins: s.logins}
	if about.Schemas, err = migration.Carried(ctx, conn, migrate.Schemas()); err != nil {
		return about, "", err
	}
	var system string
	err = conn.QueryRow(ctx, `SELECT (SELECT system_identifier::text FROM pg_control_system()),
		ARRAY(SELECT DISTINCT rolname FROM pg_roles JOIN pg_shdepend ON refclassid = 'pg_authid'::regclass AND refobjid = pg_roles.oid
			WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY rolname)`).Scan(&system, &about.Roles)
	if err != nil {
		return about, "", fmt.Errorf("ask the database for its roles: %w", err)
	}
	sum := sha256.Sum256([]byte(system))
	return about, hex.EncodeToString(sum[:3]), nil
}

func (s storing) verify(ctx context.Context, name string) (err error) {
	archive, err := s.place.open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	return readArchive(archive, func(manifest) error { return nil }, func(_ part, content io.Reader) error {
		_, err := io.Copy(io.Discard, content)
		return err
	})
}

// prune removes the oldest backups of this database beyond those that are kept. Backups of one that is gone
// are not counted, and stay: a database that has begun anew must not push them out.
func (s storing) prune(ctx context.Context, lineage string, say func(string, ...any)) error {
	names, err := s.place.list(ctx)
	if err != nil {
		return err
	}
	var own []string
	for _, name := range names {
		if nameForm.FindStringSubmatch(name)[1] == lineage {
			own = append(own, name)
		}
	}
	for _, name := range own[:max(0, len(own)-s.keep)] {
		if err := s.place.remove(ctx, name); err != nil {
			return fmt.Errorf("remove the old backup %s: %w", name, err)
		}
		say("removed backup %s\n", name)
	}
	return nil
}
