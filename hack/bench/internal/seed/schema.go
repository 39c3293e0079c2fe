package seed

import "github.com/todoplatform/todoplatform/api/contract"

// The tables and columns that are seeded. Columns that are not named take their
// defaults: migrations may add such without a change here.
var (
	accounts = table{"account", []string{"id", "email", "password_hash", "zone", "created_at"}}
	sessions = table{"session", []string{"id", "user_id", "device", "created_at", "used_at", "expires_at"}}
	tasks    = table{"task", []string{
		"id", "user_id", "title", "notes", "priority", "tags", "due_date", "due_time", "due_zone", "rule", "anchor", "reminders",
		"series_id", "occurrence", "series_start", "advanced_at", "completed_at", "created_at", "updated_at",
		"project_id", "start_date", "deadline", "duration_minutes",
	}}
)

type table struct {
	name    string
	columns []string
}

// identifier is the table's qualified name.
func (t table) identifier() []string { return []string{contract.Schema(contract.TodoAPI), t.name} }

// The statements that read what is seeded already. The role may have another search path.
const (
	// listUsers counts the tasks of each seeded user and names a session that is good.
	listUsers = `
SELECT a.id, a.email, coalesce(t.tasks, 0), (
  SELECT s.id FROM todo.session s
  WHERE s.user_id = a.id AND s.device = $1 AND s.revoked_at IS NULL AND s.expires_at > now() + interval '1 day' LIMIT 1)
FROM todo.account a LEFT JOIN (SELECT user_id, count(*) AS tasks FROM todo.task GROUP BY user_id) t ON t.user_id = a.id
WHERE a.email LIKE $2`
	// listOpen names the first open tasks of the users as a list shows them: those that people act on.
	listOpen = `
SELECT u.id, t.id FROM unnest($1::uuid[]) u(id), LATERAL (
  SELECT id FROM todo.task WHERE user_id = u.id AND deleted_at IS NULL AND (completed_at IS NOT NULL) = false
  ORDER BY due_order, priority, id LIMIT $2) t`
	// addProjects adds those that are missing.
	addProjects = `
INSERT INTO todo.project (id, user_id, name, colour, position, created_at, updated_at)
SELECT id, user_id, name, 'teal', position, now(), now()
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) p(id, user_id, name, position) ON CONFLICT DO NOTHING`
	// listIndexes lists those that are no constraints, with what makes them.
	listIndexes = `
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid IN ('todo.task'::regclass, 'todo.search_doc'::regclass)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)`
	// prepareCopy makes the place for the tasks to copy. Nothing that happens at an insert happens in the
	// rest of the transaction.
	prepareCopy = `
SET LOCAL session_replication_role = replica;
SET LOCAL maintenance_work_mem = '256MB';
CREATE TEMP TABLE model (n bigint PRIMARY KEY, project text, words tsvector, LIKE todo.task) ON COMMIT DROP`
	// takeModels numbers the tasks of users, with their words and the names of their projects.
	takeModels = `
INSERT INTO model SELECT row_number() OVER (ORDER BY t.id) - 1, p.name, d.words, t.*
FROM todo.task t JOIN todo.search_doc d ON d.task_id = t.id LEFT JOIN todo.project p ON p.id = t.project_id
WHERE t.user_id = ANY ($1::uuid[])`
	// copies are the tasks that each user lacks, in turns: one user's tasks lie scattered over the table.
	// The id is a UUIDv7 of the time at which the task was made, and the same each time.
	copies = `
FROM (SELECT u.*, r, md5(concat(u.id, r)) AS h FROM unnest($1::uuid[], $2::int[], $3::int[]) WITH ORDINALITY u(id, has, wanted, nth), generate_series(u.has, u.wanted - 1) r) u
JOIN model m ON m.n = (u.nth * 7919 + u.r) % (SELECT count(*) FROM model)
CROSS JOIN LATERAL (SELECT concat(lpad(to_hex((extract(epoch FROM m.created_at) * 1000)::bigint), 12, '0'), '7', substr(h, 1, 3), '8', substr(h, 4, 15))::uuid AS id) made`
	copyModels = `
INSERT INTO todo.task (id, user_id, title, notes, priority, tags, due_date, due_time, due_zone, rule, anchor, reminders, series_id, occurrence,
  series_start, advanced_at, completed_at, created_at, updated_at, project_id, start_date, deadline, duration_minutes)
SELECT made.id, u.id, m.title, m.notes, m.priority, m.tags, m.due_date, m.due_time, m.due_zone, m.rule, m.anchor, m.reminders,
  CASE WHEN m.series_id IS NOT NULL THEN md5(h)::uuid END, m.occurrence, m.series_start, m.advanced_at, m.completed_at, m.created_at, m.updated_at,
  p.id, m.start_date, m.deadline, m.duration_minutes` + copies + `
LEFT JOIN todo.project p ON p.user_id = u.id AND p.name = m.project ORDER BY u.r, u.nth`
	copyWords = `INSERT INTO todo.search_doc (task_id, user_id, words) SELECT made.id, u.id, m.words` + copies + ` ORDER BY u.r, u.nth`
	// settle leaves the table as autovacuum would, so that it does not begin to while something is measured.
	settle = `VACUUM (ANALYZE) todo.task, todo.search_doc`
)
