-- +goose NO TRANSACTION
-- Nearly every change of a task is written into each index that holds the task: seven for an
-- open one. What these four were for costs little without them, because it is the tasks of
-- one user that are sorted or passed over.

-- +goose Up
DROP INDEX CONCURRENTLY IF EXISTS task_by_priority;
DROP INDEX CONCURRENTLY IF EXISTS task_by_created;
DROP INDEX CONCURRENTLY IF EXISTS task_completed_in_order;
DROP INDEX CONCURRENTLY IF EXISTS task_open;

-- Room for a new version of a row beside the old one: then an edit of what no index holds,
-- such as the title, is written into none.
ALTER TABLE task SET (fillfactor = 85);

-- +goose Down
ALTER TABLE task RESET (fillfactor);
CREATE INDEX CONCURRENTLY task_open ON task (user_id, id) WHERE deleted_at IS NULL AND completed_at IS NULL;
CREATE INDEX CONCURRENTLY task_completed_in_order ON task (user_id, due_order, priority, id) WHERE deleted_at IS NULL AND completed_at IS NOT NULL;
CREATE INDEX CONCURRENTLY task_by_created ON task (user_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX CONCURRENTLY task_by_priority ON task (user_id, priority, due_order, id) WHERE deleted_at IS NULL;
