package migration_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

// readSchema is that of the items, which can be found by conditions.
func readSchema() store.Schema {
	schema := itemSchema()
	schema.Reader = true
	schema.Functions = append(schema.Functions, fs.FS(fstest.MapFS{"find.sql": {Data: []byte(`
		CREATE OR REPLACE FUNCTION op_find_items(args jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
			SELECT to_jsonb(matching(ARRAY(SELECT item FROM item ORDER BY id), 'item', args->>'condition', ARRAY[args->>'param']))
		$$;`)}}))
	return schema
}

// read runs a condition through the second door.
func read(t *testing.T, pool *pgxpool.Pool, condition, param string) string {
	t.Helper()
	var answer string
	err := pool.QueryRow(t.Context(), "SELECT todo.read('find_items', jsonb_build_object('condition', $1::text, 'param', $2::text))::jsonb::text", condition, param).Scan(&answer)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// A migration role that is no superuser, as those of managed databases, makes the reader;
// it may run again, and a superuser may after it.
func TestTheReaderIsMadeByARoleThatIsNoSuperuser(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	config := admin.Config().ConnConfig
	owner, service := "owner_"+config.Database, "service_"+config.Database
	for _, statement := range []string{
		"CREATE ROLE " + owner + " LOGIN CREATEROLE PASSWORD 'x'",
		"ALTER DATABASE " + config.Database + " OWNER TO " + owner,
		"DROP SCHEMA todoplatform CASCADE", // made by the superuser of the tests
	} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	address := func(user, password string) string {
		return fmt.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=disable", user, password, config.Host, config.Port, config.Database)
	}
	roles := map[string]migration.Role{"todo": {Name: service, Password: "y"}}
	for _, by := range []string{address(owner, "x"), address(owner, "x"), config.ConnString(), address(owner, "x")} {
		if err := migration.Run(t.Context(), by, []store.Schema{readSchema()}, roles, "test"); err != nil {
			t.Fatal(err)
		}
		pool := connect(t, address(service, "y"))
		for condition, want := range map[string]string{
			"item.id = $2[1]::bigint":                `{"ok": [1]}`,
			"item.id < $2[1]::bigint":                `{"ok": null}`,
			"EXISTS (SELECT FROM todo.item)":         `"code": "42501"`,
			"todo.op_count_items('{}') IS NULL":      `"code": "42501"`,
			"pg_has_role('" + owner + "', 'MEMBER')": `{"ok": null}`,
		} {
			if got := read(t, pool, condition, "1"); !strings.Contains(got, want) {
				t.Errorf("%s: got %s, want %s", condition, got, want)
			}
		}
		if _, err := pool.Exec(t.Context(), "SELECT todo.matching(ARRAY[1], 'n', 'true', '{}')"); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("the service itself tried a condition: %v", err)
		}
		pool.Close()
	}
}

func TestAReaderWithRightsOfItsOwnIsRefused(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	config := admin.Config().ConnConfig
	for name, attributes := range map[string]string{
		"bypass": "BYPASSRLS", "member": "IN ROLE pg_read_all_data", "creator": "CREATEROLE",
	} {
		t.Run(name, func(t *testing.T) {
			service := name + "_" + config.Database
			if _, err := admin.Exec(t.Context(), "CREATE ROLE "+service+"_reader "+attributes); err != nil {
				t.Fatal(err)
			}
			err := migration.Run(t.Context(), config.ConnString(), []store.Schema{readSchema()}, map[string]migration.Role{"todo": {Name: service, Password: "y"}}, "test")
			if err == nil || !strings.Contains(err.Error(), service+"_reader: it is there already and has rights") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// PostgreSQL would cut the name of the reader, perhaps to that of the service's role.
func TestTheReaderOfALongRoleHasANameOfItsOwn(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	config := admin.Config().ConnConfig
	service := config.Database + strings.Repeat("x", 63-len(config.Database))
	if err := migration.Run(t.Context(), config.ConnString(), []store.Schema{readSchema()}, map[string]migration.Role{"todo": {Name: service, Password: "y"}}, "test"); err != nil {
		t.Fatal(err)
	}
	var reader string
	err := admin.QueryRow(t.Context(), "SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'matching'").Scan(&reader)
	if err != nil || len(reader) != 63 || !strings.HasSuffix(reader, "_reader") || !strings.HasPrefix(reader, service[:40]) {
		t.Errorf("the reader is %s, %v", reader, err)
	}
}
