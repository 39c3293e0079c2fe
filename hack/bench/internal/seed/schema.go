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
	// settle leaves the table as autovacuum would, so that it does not begin to while something is measured.
	settle = `VACUUM (ANALYZE) todo.task, todo.search_doc`
)
