package view_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// hostile are conditions that no compiler should make. %s is the id of another user.
var hostile = map[string]string{
	"everything":                       "true",
	"the end of the parenthesis":       "true) OR (true",
	"a comment":                        "true) --",
	"the other user":                   "task.user_id = '%s' OR true",
	"another row source":               "true) UNION SELECT array_agg(n::int) FROM generate_series(-5, 5000) n WHERE (true",
	"ids of no rows":                   "false) UNION SELECT ARRAY[1, 1, 1, NULL, 2147483647] WHERE (true",
	"rows instead of numbers":          "false) UNION SELECT ARRAY(SELECT title FROM todo.task) WHERE (true",
	"the table":                        "EXISTS (SELECT FROM todo.task WHERE user_id = '%s')",
	"accounts":                         "EXISTS (SELECT FROM todo.account WHERE password_hash LIKE 'h%%')",
	"sessions":                         "EXISTS (SELECT FROM todo.session)",
	"refresh tokens":                   "EXISTS (SELECT FROM todo.refresh_token)",
	"operations":                       "EXISTS (SELECT FROM todo.operation)",
	"events":                           "EXISTS (SELECT FROM todo.event)",
	"what migrations have run":         "EXISTS (SELECT FROM todo.goose_db_version)",
	"text that is run as a query":      "query_to_xml('SELECT * FROM todo.account', true, true, '') IS NOT NULL",
	"a table as XML":                   "table_to_xml('todo.account', true, true, '') IS NOT NULL",
	"the first door":                   `todo.call('get_settings', '{"userId": "%s"}') IS NOT NULL`,
	"the door of today":                `todo.answer('get_settings', '{"userId": "%s"}') IS NOT NULL`,
	"the second door":                  `todo.read('get_settings', '{"userId": "%s"}') IS NOT NULL`,
	"an operation":                     `todo.op_get_settings('{"userId": "%s"}') IS NOT NULL`,
	"its own function again":           `todo.matching(ARRAY[1], 'task', 'true', '{}') IS NOT NULL`,
	"statistics":                       "EXISTS (SELECT FROM pg_stats WHERE schemaname = 'todo')",
	"statistics by themselves":         "EXISTS (SELECT FROM pg_statistic)",
	"passwords of roles":               "EXISTS (SELECT FROM pg_authid)",
	"a file":                           "pg_read_file('postgresql.conf') <> ''",
	"a folder":                         "EXISTS (SELECT FROM pg_ls_dir('.'))",
	"the log":                          "EXISTS (SELECT FROM pg_ls_logdir())",
	"a file as a large object":         "lo_import('/etc/passwd') > 0",
	"a large object":                   "(SELECT lo_from_bytea(4711, 'x')) > 0",
	"a setting of the session":         "set_config('statement_timeout', '0', false) IS NOT NULL",
	"a search path":                    "set_config('search_path', 'pg_temp', false) IS NOT NULL",
	"a transaction that writes":        "set_config('transaction_read_only', 'off', true) IS NOT NULL",
	"another role":                     "set_config('role', (SELECT rolname FROM pg_roles WHERE rolsuper LIMIT 1), false) IS NOT NULL",
	"the session's user":               "set_config('session_authorization', session_user, false) IS NOT NULL",
	"its own role":                     "set_config('role', session_user, false) IS NOT NULL",
	"row security":                     "set_config('row_security', 'off', false) IS NOT NULL AND EXISTS (SELECT FROM todo.task)",
	"a write in a WITH":                "true) UNION (WITH gone AS (DELETE FROM todo.task RETURNING 1) SELECT ARRAY[1] FROM gone) UNION SELECT ARRAY[1] WHERE (true",
	"a second statement":               "true); DELETE FROM todo.task; SELECT ARRAY[1] WHERE (true",
	"a table of its own":               "true); CREATE TEMP TABLE task (id int); SELECT ARRAY[1] WHERE (true",
	"an advisory lock of the session":  "pg_advisory_lock(7236153) IS NOT NULL",
	"a lock and a fault":               "pg_advisory_lock(7236153) IS NOT NULL AND 1 / 0 > 0",
	"a notification":                   "pg_notify('todo', 'x') IS NOT NULL",
	"the end of this backend":          "pg_terminate_backend(pg_backend_pid())",
	"the end of other backends":        "(SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity)",
	"a sequence":                       "(SELECT nextval(oid::regclass) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'todo'::regnamespace LIMIT 1) > 0",
	"the reload of the configuration":  "pg_reload_conf()",
	"a value in an error":              "(SELECT email::int FROM todo.account LIMIT 1) > 0",
	"the rows of the calling function": "cursor_to_xml('<unnamed portal 1>', 10, true, true, '') IS NOT NULL",
	"a row lock":                       "EXISTS (SELECT FROM todo.task FOR UPDATE)",
	"a statement in another database":  "EXISTS (SELECT FROM dblink('', 'SELECT 1') AS x (n int))",
	"a foreign variable":               "uid IS NOT NULL",
	"far too much memory":              "length(repeat('x', 2000000000)) > 0",
}

// tryOn runs a hostile condition on one page of a person's tasks.
func (h *harness) tryOn(ctx context.Context, p *person, condition string) ([]todo.Task, string, error) {
	var answer struct{ Items json.RawMessage }
	err := h.db.Read(ctx, "find_tasks", map[string]any{"userId": p.UserID, "status": "all", "sort": "due", "descending": false,
		"condition": condition, "params": []string{}, "after": nil, "limit": 50, "bytes": 1 << 20}, &answer)
	var items []todo.Task
	if err == nil {
		err = json.Unmarshal(answer.Items, &items)
	}
	return items, string(answer.Items), err
}

func TestAHostileCompilerShowsAndChangesNothing(t *testing.T) {
	h := newHarness(t)
	random := rand.New(rand.NewPCG(21, 22))
	victim, user := h.person(t, "UTC", "en", recurrence.Monday), h.person(t, "UTC", "en", recurrence.Monday)
	own := map[string]bool{}
	for range 20 {
		secret, mine := someRow(random), someRow(random)
		secret.Title, secret.Deleted, mine.Deleted = "secret", false, false
		h.add(t, victim, secret)
		h.add(t, user, mine)
		own[mine.ID] = true
	}
	h.exec(t, `INSERT INTO todo.session VALUES (gen_random_uuid(), $1, 'secret', now(), now(), now() + interval '1 day')`, victim.UserID)
	h.exec(t, `INSERT INTO todo.operation VALUES ($1, 'secret', 'secret', '[]', now())`, victim.UserID)
	before, settings := h.contents(t), h.sessionOf(t)

	for name, condition := range hostile {
		t.Run(name, func(t *testing.T) {
			condition = strings.ReplaceAll(strings.ReplaceAll(condition, "%s", victim.UserID), "%%", "%")
			items, text, err := h.tryOn(t.Context(), user, condition)
			seen := map[string]bool{}
			for _, item := range items {
				if !own[item.ID] || seen[item.ID] {
					t.Errorf("it got task %s", item.ID)
				}
				seen[item.ID] = true
			}
			public := ""
			if err != nil {
				public = failure.Public(err).Message
			}
			if strings.Contains(text, "secret") || strings.Contains(text+public, victim.UserID) {
				t.Errorf("it got %s, %s", text, public)
			}
			t.Logf("%d tasks, %v", len(items), err)
			if after := h.sessionOf(t); after != settings {
				t.Errorf("the session was %s and is %s", settings, after)
			}
		})
	}
	if after := h.contents(t); after != before {
		t.Errorf("the database holds\n%s\nand held\n%s", after, before)
	}
}

// contents sums up all that anybody could have written.
func (h *harness) contents(t *testing.T) string {
	t.Helper()
	var text string
	err := h.admin.QueryRow(t.Context(), `SELECT concat_ws(E'\n',
		(SELECT md5(string_agg(task::text, '' ORDER BY id)) FROM todo.task task),
		(SELECT md5(string_agg(account::text, '' ORDER BY id)) FROM todo.account account),
		(SELECT md5(string_agg(session::text, '' ORDER BY id)) FROM todo.session session),
		(SELECT md5(string_agg(operation::text, '' ORDER BY user_id)) FROM todo.operation operation),
		(SELECT count(*) FROM todo.event), (SELECT count(*) FROM pg_largeobject_metadata),
		(SELECT string_agg(concat(sequencename, last_value), ',' ORDER BY sequencename) FROM pg_sequences),
		(SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v')), (SELECT count(*) FROM pg_proc))`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sessionOf sums up what a statement could leave behind in the service's session.
func (h *harness) sessionOf(t *testing.T) string {
	t.Helper()
	var text string
	err := h.service.QueryRow(t.Context(), `SELECT concat_ws(' ', pg_backend_pid(), current_user, current_setting('search_path'),
		current_setting('statement_timeout'), current_setting('row_security'), current_setting('transaction_read_only'),
		(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
		(SELECT count(*) FROM pg_listening_channels()), (SELECT count(*) FROM pg_cursors WHERE name <> ''))`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTheReaderHasNoRights lists all that the database lets the reader do.
func TestTheReaderHasNoRights(t *testing.T) {
	h := newHarness(t)
	var reader, rights string
	if err := h.service.QueryRow(t.Context(), "SELECT current_user || '_reader'").Scan(&reader); err != nil {
		t.Fatal(err)
	}
	err := h.admin.QueryRow(t.Context(), `SELECT concat_ws(' ',
		(SELECT string_agg(relname, ',') FROM pg_class WHERE relnamespace = 'todo'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
			AND (has_table_privilege($1, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') OR has_any_column_privilege($1, oid, 'SELECT, INSERT, UPDATE, REFERENCES'))),
		(SELECT string_agg(proname, ',') FROM pg_proc WHERE pronamespace = 'todo'::regnamespace AND has_function_privilege($1, oid, 'EXECUTE')),
		has_schema_privilege($1, 'todo', 'USAGE, CREATE'), rolcanlogin, rolsuper, rolbypassrls,
		(SELECT count(*) FROM pg_auth_members WHERE member = r.oid)) FROM pg_roles r WHERE rolname = $1`, reader).Scan(&rights)
	if want := "matching f f f f 0"; err != nil || rights != want {
		t.Errorf("got %q, %v, want %q", rights, err, want)
	}
}

func TestAConditionThatTakesLongIsEnded(t *testing.T) {
	h := newHarness(t)
	p := h.person(t, "UTC", "en", recurrence.Monday)
	h.add(t, p, someRow(rand.New(rand.NewPCG(23, 24))))
	h.exec(t, "UPDATE todo.task SET deleted_at = NULL")
	const stays = "set_config('statement_timeout', '0', false) IS NOT NULL AND pg_advisory_lock(1) IS NOT NULL AND "
	for name, condition := range map[string]string{
		"a sleep":      stays + "pg_sleep(3600) IS NOT NULL",
		"a cross join": stays + "(SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b) > 0",
	} {
		t.Run(name+" by the service", func(t *testing.T) {
			begin := time.Now()
			_, _, err := h.tryOn(t.Context(), p, condition)
			took := time.Since(begin)
			if failure.KindOf(err) != failure.Unavailable || !strings.Contains(failure.Public(err).Message, "takes too long") || took > 4*time.Second {
				t.Errorf("got %v after %s", err, took)
			}
		})
		t.Run(name+" by the database", func(t *testing.T) {
			args := fmt.Sprintf(`{"userId": %q, "status": "all", "sort": "due", "descending": false, "condition": %q, "params": [], "after": null, "limit": 1, "bytes": 1}`, p.UserID, condition)
			var code string
			begin, before := time.Now(), h.sessionOf(t)
			err := h.service.QueryRow(t.Context(), "SELECT todo.read('find_tasks', $1::jsonb)::jsonb->'error'->>'code'", args).Scan(&code)
			if took := time.Since(begin); err != nil || code != "57014" || took > 8*time.Second {
				t.Errorf("got %q, %v after %s", code, err, took)
			}
			if after := h.sessionOf(t); after != before {
				t.Errorf("the session was %s and is %s", before, after)
			}
		})
	}
}

func TestNothingIsWrittenThroughTheSecondDoor(t *testing.T) {
	h := newHarness(t)
	p := h.person(t, "UTC", "en", recurrence.Monday)
	command := map[string]any{"name": "task.create", "id": p.UserID, "fields": map[string]any{"title": "a"}}
	err := h.db.Read(t.Context(), "apply", map[string]any{"userId": p.UserID, "by": map[string]string{"kind": "person", "id": p.UserID},
		"group": p.UserID, "atomic": true, "commands": []any{command}}, nil)
	if failure.KindOf(err) != failure.Internal || !strings.Contains(err.Error(), "25006") {
		t.Errorf("got %v, want a refusal to write", err)
	}
}
