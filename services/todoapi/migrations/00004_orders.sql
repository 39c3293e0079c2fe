-- +goose NO TRANSACTION
-- The orders of tasks that people page through most. Those by title and by the last change
-- have no index: it would have to be written with nearly every edit, and what is sorted
-- without it are the tasks of one user.

-- +goose Up
DROP INDEX CONCURRENTLY IF EXISTS task_by_priority;
CREATE INDEX CONCURRENTLY task_by_priority ON task (user_id, priority, due_order, id) WHERE deleted_at IS NULL;

DROP INDEX CONCURRENTLY IF EXISTS task_by_created;
CREATE INDEX CONCURRENTLY task_by_created ON task (user_id, created_at, id) WHERE deleted_at IS NULL;

DROP INDEX CONCURRENTLY IF EXISTS task_by_completed;
CREATE INDEX CONCURRENTLY task_by_completed ON task (user_id, (coalesce(completed_at, '-infinity')), id)
  WHERE deleted_at IS NULL AND completed_at IS NOT NULL;

-- +goose Down
DROP INDEX CONCURRENTLY task_by_completed;
DROP INDEX CONCURRENTLY task_by_created;
DROP INDEX CONCURRENTLY task_by_priority;
