package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/migrate"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

// fetching is all that a restore is told.
type fetching struct {
	place  place
	name   string // of the backup; empty: the newest
	folder string // that takes the dump and the scripts
	logins map[string]string
	// handOver gives the Secrets of the backup to the operator.
	handOver func(context.Context, contract.Handover) error
}

func fetchingFromEnv(getenv func(string) string) (fetching, error) {
	logins, err := loginsFromEnv(getenv)
	if err != nil {
		return fetching{}, err
	}
	place, err := placeFromEnv(getenv)
	if err != nil {
		return fetching{}, err
	}
	handOver, err := handOverInCluster(getenv)
	if err != nil {
		return fetching{}, err
	}
	return fetching{place: place, name: getenv(contract.EnvBackupName), folder: contract.BackupScratch, logins: logins, handOver: handOver}, nil
}

// run fetches a backup, checks all of it, and hands it over.
func (f fetching) run(ctx context.Context, say func(string, ...any)) (err error) {
	name, err := f.choose(ctx)
	if err != nil {
		return err
	}
	archive, err := f.place.open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	var about manifest
	accept := func(read manifest) error { about = read; return f.accept(read) }
	secrets := contract.Handover{}
	if err := readArchive(archive, accept, func(part part, content io.Reader) error { return f.take(part, content, secrets) }); err != nil {
		return fmt.Errorf("backup %s: %w", name, err)
	}
	if err := f.writeScripts(about); err != nil {
		return err
	}
	if err := f.handOver(ctx, secrets); err != nil {
		return fmt.Errorf("hand the Secrets over: %w", err)
	}
	say("fetched backup %s of %s\n", name, about.Platform)
	return nil
}

// choose names the backup: the one that was asked for, or the newest.
func (f fetching) choose(ctx context.Context) (string, error) {
	if f.name != "" {
		if !nameForm.MatchString(f.name) {
			return "", fmt.Errorf("%q is not the name of a backup", f.name)
		}
		return f.name, nil
	}
	names, err := f.place.list(ctx)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", errors.New("there is no backup")
	}
	return names[len(names)-1], nil
}

// accept refuses a backup of a newer schema than this version knows.
func (f fetching) accept(about manifest) error {
	known, err := migration.Known(migrate.Schemas())
	if err != nil {
		return err
	}
	for line, version := range about.Schemas {
		if version > known[line] {
			return fmt.Errorf("it carries migration %d of %s, and this version knows %d: restore it with version %s of the platform, or a newer one",
				version, line, known[line], about.Version)
		}
	}
	return nil
}

// take keeps a part: the dump in a file that the programs of PostgreSQL may read, a Secret in memory.
func (f fetching) take(part part, content io.Reader, secrets contract.Handover) error {
	place, isSecret := strings.CutPrefix(part.Name, secretsName+"/")
	if !isSecret {
		return writeFile(filepath.Join(f.folder, part.Name), content)
	}
	if part.Size > maxSecrets {
		return errors.New("it is too large for a Secret")
	}
	value, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	name, key, _ := strings.Cut(place, "/")
	if secrets[name] == nil {
		secrets[name] = map[string][]byte{}
	}
	secrets[name][key] = value
	return nil
}

// writeFile writes what containers of another user read, through the group of the volume.
func writeFile(path string, content io.Reader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o640) //nolint:gosec // see above
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}

// refusal is what PostgreSQL executes first: whatever the database holds, it keeps.
const refusal = `DO $$ BEGIN
	IF EXISTS (SELECT FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema$)') THEN
		RAISE EXCEPTION 'the database is not empty, and nothing is restored over what it holds';
	END IF;
END $$;
`

// writeScripts writes what PostgreSQL executes before the script of the dump, and after it, in one transaction.
func (f fetching) writeScripts(about manifest) error {
	var before, after strings.Builder
	before.WriteString(refusal)
	for _, role := range about.Roles {
		fmt.Fprintf(&before, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %s) THEN CREATE ROLE %s; END IF; END $$;\n",
			literal(role), quote(role))
	}
	for _, renamed := range f.renamed(about) {
		fmt.Fprintf(&after, "ALTER ROLE %s RENAME TO %s;\n", quote(renamed[0]), quote(renamed[1]))
	}
	err := writeFile(filepath.Join(f.folder, filepath.Base(contract.RestoreScriptBefore)), strings.NewReader(before.String()))
	return errors.Join(err, writeFile(filepath.Join(f.folder, filepath.Base(contract.RestoreScriptAfter)), strings.NewReader(after.String())))
}

// renamed lists the roles of services, and their readers, whose names are others here: they come from the
// namespace of the platform.
func (f fetching) renamed(about manifest) [][2]string {
	var renamed [][2]string
	for _, schema := range migrate.Schemas() {
		was, is := about.Logins[schema.Name], f.logins[schema.Name]
		for _, pair := range [][2]string{{was, is}, {migration.ReaderOf(was), migration.ReaderOf(is)}} {
			if was != is && slices.Contains(about.Roles, pair[0]) {
				renamed = append(renamed, pair)
			}
		}
	}
	return renamed
}

func quote(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }

// literal writes a text as SQL does, with standard_conforming_strings.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
