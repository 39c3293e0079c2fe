package audit

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

// entry is one entry on its way, with a change or, for seq 0, a reminder that happened at a time.
func entryOf(user string, seq int64, at time.Time) newEntry {
	id := fmt.Sprintf("%s-%d-%s", user, seq, at.Format(time.RFC3339))
	body, err := bodyOf(chain.Record{UserID: user, EventID: id, Type: "x", At: at, Data: []byte("{}")})
	if err != nil {
		panic(err)
	}
	return newEntry{EventID: id, ChangeSeq: seq, Body: body}
}

// entries returns the store of a keeper.
func (k *keeper) entries() entryStore { return entryStore(k.maker.heads) }

func (k *keeper) put(t *testing.T, user string, entries ...newEntry) appended {
	t.Helper()
	done, err := k.entries().append(t.Context(), user, entries)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// age makes all entries 80 days older, and has the first partition end 40 days ago.
func (h *harness) age(t *testing.T) {
	t.Helper()
	h.exec(t, `
		SET LOCAL session_replication_role = replica;
		UPDATE entries_first SET appended_at = appended_at - interval '80 days';
		ALTER TABLE entries DETACH PARTITION entries_first;
		DO $$ BEGIN
			EXECUTE format('ALTER TABLE entries ATTACH PARTITION entries_first FOR VALUES FROM (MINVALUE) TO (%L)', now() - interval '40 days');
			UPDATE partitions SET until = now() - interval '40 days';
		END $$`)
}

// partitions lists the partitions that hold entries.
func (h *harness) partitions(t *testing.T) (names []string) {
	t.Helper()
	if err := h.db.QueryRow(t.Context(), `SELECT coalesce(array_agg(DISTINCT tableoid::regclass::text), '{}') FROM audit.entries`).Scan(&names); err != nil {
		t.Fatal(err)
	}
	return names
}

// verifiedLog checks a user's log, and returns how it begins and what is in it.
func (k *keeper) verifiedLog(t *testing.T, user string) (begin *chain.Head, entries []chain.Entry, end chain.Head) {
	t.Helper()
	found, err := k.entries().list(t.Context(), calls.ListEntriesRequest{UserID: user, Limit: maxPage})
	if err != nil {
		t.Fatal(err)
	}
	verifier := chain.NewVerifier(user, found.head, k.verified(t, user).Anchors...)
	if found.begin != nil {
		verifier.BeginAfter(*found.begin)
	}
	for _, entry := range found.entries {
		verifier.Add(entry)
	}
	if report := verifier.End(); !report.Sound() {
		t.Fatalf("the log is not sound: %+v", report)
	}
	return found.begin, found.entries, found.head
}

// upTo is the schema up to one of its migrations.
func upTo(t *testing.T, last string) store.Schema {
	t.Helper()
	schema, files := Schema(), fstest.MapFS{}
	names, err := fs.Glob(schema.Migrations[0].Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name > last {
			continue
		}
		text, err := fs.ReadFile(schema.Migrations[0].Files, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	schema.Migrations = []store.MigrationSet{store.OwnMigrations(files)}
	return schema
}

func TestTheTableBecomesTheFirstPartition(t *testing.T) {
	t.Parallel()
	env := daprtest.New(t)
	before, after := upTo(t, "00004_heads.sql"), upTo(t, "00005_partitions.sql")
	before.Functions = nil
	db := env.Database(t, before)
	h := &harness{env: env, db: db}
	ann := newUser()
	h.exec(t, `INSERT INTO chains (user_id, position) VALUES ('`+ann+`', 1000); INSERT INTO entries (user_id, position, event_id, body, hash)
		SELECT '`+ann+`', n, n, '{}', sha256(int8send(n)) FROM generate_series(1, 1000) n`)
	file := func(table string) (node int64) {
		t.Helper()
		if err := db.QueryRow(t.Context(), `SELECT pg_relation_filenode('audit.`+table+`')::bigint`).Scan(&node); err != nil {
			t.Fatal(err)
		}
		return node
	}
	was := file("entries")
	for range 2 { // running it again does nothing
		if err := migration.Run(t.Context(), db.Config().ConnString(), []store.Schema{after}, env.Roles(), "test"); err != nil {
			t.Fatal(err)
		}
	}
	if is := file("entries_first"); is != was {
		t.Errorf("the rows lie in file %d, and lay in %d: they were written anew", is, was)
	}
	var rows, parts int
	if err := db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM audit.entries), (SELECT count(*) FROM audit.partitions)`).Scan(&rows, &parts); err != nil || rows != 1000 || parts != 1 {
		t.Errorf("%d rows in %d partitions, %v", rows, parts, err)
	}
	// Half of it was done when the Job was ended.
	h.exec(t, `ALTER TABLE entries DETACH PARTITION entries_first; DROP TABLE entries; ALTER TABLE entries_first RENAME TO entries; DELETE FROM partitions; DELETE FROM goose_db_version WHERE version_id = 5`)
	if err := migration.Run(t.Context(), db.Config().ConnString(), []store.Schema{after}, env.Roles(), "test"); err != nil {
		t.Fatal(err)
	}
	if is := file("entries_first"); is != was {
		t.Errorf("after an interruption the rows lie in file %d, and lay in %d", is, was)
	}
	h.appendTo(t, ann, 3)
	for _, table := range []string{"entries", "entries_first"} {
		for _, statement := range []string{"UPDATE audit.%s SET body = '{}'", "DELETE FROM audit.%s", "TRUNCATE audit.%s"} {
			statement = fmt.Sprintf(statement, table)
			if _, err := db.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: error %v, want it refused", statement, err)
			}
		}
	}
}

// What was logged is not logged again, in whichever partition it lies, and when that has gone.
func TestEventsAreLoggedOnceOverTheBordersOfPartitions(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	ann, now := newUser(), time.Now().UTC().Truncate(time.Millisecond)
	old := []newEntry{entryOf(ann, 1, now.AddDate(0, 0, -80)), entryOf(ann, 0, now.AddDate(0, 0, -80)), entryOf(ann, 2, now.AddDate(0, 0, -80))}
	k.put(t, ann, old...)
	k.age(t)
	young := []newEntry{entryOf(ann, 3, now), entryOf(ann, 0, now)}
	if done := k.put(t, ann, slices.Concat(old, young, old)...); done.Appended != 2 || done.ChangeSeq != 3 {
		t.Errorf("appended %+v", done)
	}
	names := k.partitions(t)
	if len(names) != 2 || !slices.Contains(names, "audit."+now.Format("entries_2006_01")) {
		t.Errorf("entries lie in %v", names)
	}
	for _, statement := range []string{"UPDATE audit.%s SET body = '{}'", "DELETE FROM audit.%s", "TRUNCATE audit.%s"} {
		statement = fmt.Sprintf(statement, now.Format("entries_2006_01"))
		if _, err := k.db.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: error %v, want it refused", statement, err)
		}
	}

	for more := true; more; {
		var err error
		if more, err = k.entries().drop(t.Context(), 30, 1); err != nil {
			t.Fatal(err)
		}
	}
	if done := k.put(t, ann, slices.Concat(old, young, old)...); done.Appended != 0 || done.ChangeSeq != 3 {
		t.Errorf("after the old partition has gone, appended %+v", done)
	}
	if done := k.put(t, ann, entryOf(ann, 4, now.AddDate(0, 0, -80))); done.Appended != 1 || done.ChangeSeq != 4 {
		t.Errorf("a change that comes late is %+v: the log would have a hole", done)
	}
}

func TestOldEntriesGoAndTheLogStillVerifies(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	ann, bob, cid := newUser(), newUser(), newUser()
	k.appendTo(t, ann, 5)
	k.appendTo(t, bob, 2)
	dropped, last := k.headOf(t, ann), k.headOf(t, bob)
	k.make(t)
	k.age(t)
	k.appendTo(t, ann, 3)
	k.appendTo(t, cid, 1)
	steps := 0
	for more := true; more; steps++ {
		var err error
		if more, err = k.entries().drop(t.Context(), 30, 1); err != nil {
			t.Fatal(err)
		}
		for _, user := range []string{ann, bob, cid} { // whoever dies here leaves logs that verify
			k.verifiedLog(t, user)
		}
	}
	// One user, the other one, the partition, and a look that finds no more. The next partition begins where that one ended,
	// and is empty: if a month has begun since, it goes, too.
	if steps < 4 || steps > 5 {
		t.Errorf("all is done in %d steps", steps)
	}
	begin, entries, _ := k.verifiedLog(t, ann)
	if begin == nil || *begin != dropped || len(entries) != 3 || entries[0].Position != 6 {
		t.Errorf("the log begins after %+v with %+v, want %+v", begin, entries, dropped)
	}
	if begin, entries, end := k.verifiedLog(t, bob); begin == nil || *begin != last || len(entries) != 0 || end != last {
		t.Errorf("a log of which all is dropped is %+v, %+v, %+v", begin, entries, end)
	}
	if begin, entries, _ := k.verifiedLog(t, cid); begin != nil || len(entries) != 1 {
		t.Errorf("a young log is %+v, %+v", begin, entries)
	}
	for after, want := range map[int64]int64{0: 6, 3: 6, 6: 7} {
		found, err := k.entries().list(t.Context(), calls.ListEntriesRequest{UserID: ann, After: after, Limit: 1})
		if err != nil || len(found.entries) != 1 || found.entries[0].Position != want {
			t.Errorf("after %d comes %+v, %v", after, found.entries, err)
		}
	}
	k.endPause(t)
	k.make(t)
	if report := k.verified(t, bob); len(report.Begins) != 1 || report.Begins[0] != last {
		t.Errorf("platform heads tell %+v", report)
	}
	var left int
	if err := k.db.QueryRow(t.Context(), `SELECT count(*) FROM audit.partitions WHERE name = 'entries_first'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("the partition is listed %d times, %v", left, err)
	}
	k.appendTo(t, bob, 1)
	k.verifiedLog(t, bob)
}

func TestNothingYoungIsDropped(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	ann := newUser()
	k.appendTo(t, ann, 2)
	k.age(t)
	k.appendTo(t, ann, 2)
	for _, days := range []int{-1, 0, 29} {
		if _, err := k.entries().drop(t.Context(), days, 10); failure.KindOf(err) != failure.Invalid {
			t.Errorf("%d days: %v", days, err)
		}
	}
	if more, err := k.entries().drop(t.Context(), 41, 10); err != nil || more { // until 40 days ago the partition took entries
		t.Errorf("more %v, %v", more, err)
	}
	if begin, entries, _ := k.verifiedLog(t, ann); begin != nil || len(entries) != 4 {
		t.Errorf("got %+v, %d entries", begin, len(entries))
	}
	// Nor can the service's role do more than that.
	service, err := pgxpool.New(t.Context(), k.env.DatabaseURL(contract.Schema(contract.Audit)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)
	for _, statement := range []string{
		"DELETE FROM audit.entries", "UPDATE audit.entries SET body = ''", "DROP TABLE audit.entries_first", "TRUNCATE audit.entries",
		"ALTER TABLE audit.entries DETACH PARTITION audit.entries_first", "INSERT INTO audit.dropped (until) VALUES (now())",
		"UPDATE audit.chains SET begin_position = 7", "DELETE FROM audit.heads", "SELECT audit.op_drop_entries('{}')",
	} {
		if _, err := service.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "permission denied") && !strings.Contains(err.Error(), "must be owner") {
			t.Errorf("%s: %v, want it denied", statement, err)
		}
	}
}

// Lines of heads go with the entries that they tell of, and later heads tell what they proved besides.
func TestLinesOfHeadsAreKeptAsLongAsWhatTheyProve(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	ann, bob, gone := newUser(), newUser(), newUser()
	for _, user := range []string{ann, bob, gone} {
		k.appendTo(t, user, 2)
	}
	dropLines := func(want bool) {
		t.Helper()
		if more, err := k.maker.heads.dropLines(t.Context()); err != nil || more != want {
			t.Fatalf("more %v, %v", more, err)
		}
	}
	lines := func(number int) (n int) {
		t.Helper()
		if err := k.db.QueryRow(t.Context(), "SELECT count(*) FROM audit.head_lines WHERE number = $1", number).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	k.make(t)
	k.exec(t, `SELECT op_bury(jsonb_build_object('userId', '`+gone+`', 'at', now()))`)
	k.exec(t, `SELECT op_erase_entries('{"limit": 10}')`)
	k.endPause(t)
	k.make(t) // tells of the end of one log
	k.age(t)
	k.exec(t, `SET LOCAL session_replication_role = replica; UPDATE heads SET at = at - interval '80 days'`)
	k.appendTo(t, ann, 1)
	k.make(t)
	dropLines(false) // their entries are there
	for more := true; more; {
		var err error
		if more, err = k.entries().drop(t.Context(), 30, 10); err != nil {
			t.Fatal(err)
		}
	}
	dropLines(false) // no later head lists bob
	if lines(1) != 3 {
		t.Errorf("%d lines of head 1 are left", lines(1))
	}
	if _, err := k.db.Exec(t.Context(), "DELETE FROM audit.head_lines WHERE number = 1"); err == nil || !strings.Contains(err.Error(), "append-only") {
		t.Errorf("what alone lists bob is deleted: %v", err)
	}
	k.endPause(t)
	k.make(t)
	dropLines(true)
	dropLines(true)
	dropLines(false) // head 3 is young
	if lines(1) != 0 || lines(2) != 0 || lines(3) != 1 || lines(4) != 2 {
		t.Errorf("%d, %d, %d and %d lines are left", lines(1), lines(2), lines(3), lines(4))
	}
	for _, user := range []string{ann, bob} {
		report := k.verified(t, user)
		if report.Heads != 4 || report.Dropped.Number != 2 || report.Anchors[len(report.Anchors)-1] != k.headOf(t, user) {
			t.Errorf("got %+v", report)
		}
		if begin, _, _ := k.verifiedLog(t, user); begin == nil || begin.Position != 2 {
			t.Errorf("the log begins after %+v", begin)
		}
	}
	// What the operator kept is still held against all heads.
	kept, err := k.maker.heads.read(t.Context(), 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := heads.ParseLines([]byte(strings.Join(kept, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if report, err := chain.VerifyHeads(strings.NewReader(k.export(t, 2)), headKeys(t), signed, ann); err != nil || !report.Sound() || len(signed) != 4 {
		t.Errorf("held against %d kept heads: %+v, %v", len(signed), report, err)
	}
}

// Whoever is the first to append in a month makes its partition, while others wait.
func TestPartitionsAreMadeOnceByManyAtATime(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	k.appendTo(t, newUser(), 1)
	k.age(t)
	var appenders sync.WaitGroup
	for range 8 {
		appenders.Go(func() {
			user := uuid.NewString()
			for seq := range int64(5) {
				if done, err := k.entries().append(context.Background(), user, []newEntry{entryOf(user, seq+1, time.Now())}); err != nil || done.Appended != 1 {
					t.Errorf("%+v, %v", done, err)
				}
			}
		})
	}
	appenders.Wait()
	var gaps int
	if err := k.db.QueryRow(t.Context(), `SELECT count(*) FROM (SELECT name, until, lag(until) OVER (ORDER BY until) AS since FROM audit.partitions) p
		WHERE until > since + interval '32 days'`).Scan(&gaps); err != nil || gaps != 0 {
		t.Errorf("%d gaps between partitions, %v", gaps, err)
	}
}

func TestRetentionIsReadFromTheEnvironment(t *testing.T) {
	for value, want := range map[string]int{"": 0, "30": 30, "3650": 3650} {
		t.Setenv(contract.EnvAuditRetentionDays, value)
		if cfg, err := ConfigFromEnv(); err != nil || cfg.RetentionDays != want {
			t.Errorf("%q: %d, %v", value, cfg.RetentionDays, err)
		}
	}
	for _, value := range []string{"29", "-1", "30d", "1.5"} {
		t.Setenv(contract.EnvAuditRetentionDays, value)
		if _, err := ConfigFromEnv(); err == nil || !strings.Contains(err.Error(), contract.EnvAuditRetentionDays) {
			t.Errorf("%q: %v", value, err)
		}
	}
}
