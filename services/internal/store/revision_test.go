package store_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

// with is the schema of items with one more function, as another version has it.
func with(t *testing.T, version string) store.Schema {
	t.Helper()
	schema := itemSchema(t)
	text := "CREATE OR REPLACE FUNCTION op_version(args jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '\"" + version + "\"'::jsonb $$;"
	schema.Functions = append(schema.Functions, fstest.MapFS{"version.sql": {Data: []byte(text)}})
	return schema
}

func TestRevisionTellsSchemasApart(t *testing.T) {
	folder := func(name, text string) fs.FS { return fstest.MapFS{name: {Data: []byte(text)}} }
	migrations := func(files fs.FS) store.Schema {
		return store.Schema{Migrations: []store.MigrationSet{store.OwnMigrations(files)}}
	}
	functions := func(files ...fs.FS) store.Schema { return store.Schema{Functions: files} }
	seen := map[string]string{}
	for name, schema := range map[string]store.Schema{
		"nothing":                 {},
		"a migration":             migrations(folder("1.sql", "a")),
		"another text":            migrations(folder("1.sql", "b")),
		"another name":            migrations(folder("2.sql", "a")),
		"the same as a function":  functions(folder("1.sql", "a")),
		"two functions":           functions(folder("1.sql", "a"), folder("2.sql", "b")),
		"the other way round":     functions(folder("2.sql", "b"), folder("1.sql", "a")),
		"both texts in one":       functions(folder("1.sql", "ab")),
		"with a file that is not": functions(folder("1.txt", "a"), folder("1.sql", "a")),
	} {
		revision, err := schema.Revision()
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := seen[revision]; taken {
			t.Errorf("%q and %q are both %s", name, other, revision)
		}
		seen[revision] = name
		if again, err := schema.Revision(); again != revision || err != nil {
			t.Errorf("%s: %s, then %s, %v", name, revision, again, err)
		}
	}
}

func TestServicesWaitForTheRevisionThatTheyNeed(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	migrate := func(schema store.Schema) {
		t.Helper()
		if err := migration.Run(t.Context(), h.admin.Config().ConnString(), []store.Schema{schema}, h.env.Roles(), "test"); err != nil {
			t.Fatal(err)
		}
	}
	// carries says whether a service of a version can begin at once, and if not, why.
	carries := func(schema store.Schema) (reason string) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := h.db.WaitSchema(ctx, schema, func(why string) { reason = why; cancel() })
		if (err == nil) != (reason == "") {
			t.Errorf("%v, having waited for %q", err, reason)
		}
		return reason
	}
	first, second := with(t, "1"), with(t, "2")
	for _, step := range []struct {
		name          string
		migrate       store.Schema
		first, second bool // which versions can serve
	}{
		{"installed", first, true, false},
		{"again", first, true, false},
		{"upgraded", second, true, true},
		{"again upgraded", second, true, true},
		{"taken back", first, true, false},
		{"upgraded once more", second, true, true},
	} {
		migrate(step.migrate)
		if reason := carries(first); (reason == "") != step.first {
			t.Errorf("%s: the first version says %q", step.name, reason)
		}
		if reason := carries(second); (reason == "") != step.second || reason != "" && !strings.Contains(reason, "an older schema todo") {
			t.Errorf("%s: the second version says %q", step.name, reason)
		}
	}

	if _, err := h.admin.Exec(t.Context(), "DROP FUNCTION todo.op_carries_revision"); err != nil {
		t.Fatal(err)
	}
	if reason := carries(second); !strings.Contains(reason, "an older schema todo") {
		t.Errorf("on a schema of before there were revisions: %q", reason)
	}
}

func TestAServiceBeginsWhenItsSchemaIsThere(t *testing.T) {
	h := newHarness(t, daprtest.App{})
	second := with(t, "2")
	waits, began := make(chan string, 10), make(chan error, 1)
	go func() { began <- h.db.WaitSchema(t.Context(), second, func(reason string) { waits <- reason }) }()
	select {
	case <-waits:
	case <-time.After(time.Minute):
		t.Fatal("it does not say that it waits")
	}
	if err := migration.Run(t.Context(), h.admin.Config().ConnString(), []store.Schema{second}, h.env.Roles(), "test"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-began:
		if err != nil || len(waits) > 0 {
			t.Errorf("%v, %d more reasons", err, len(waits))
		}
	case <-time.After(time.Minute):
		t.Fatal("it still waits for " + contract.Schema(contract.TodoAPI))
	}
}
