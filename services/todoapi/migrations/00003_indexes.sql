-- +goose NO TRANSACTION
-- Large tables keep serving while these are built. A build that was cut off leaves an
-- invalid index behind: hence the DROP before each.

-- +goose Up
DROP INDEX CONCURRENTLY IF EXISTS event_of_operation;

DROP INDEX CONCURRENTLY IF EXISTS event_at;
CREATE INDEX CONCURRENTLY event_at ON event (at);

DROP INDEX CONCURRENTLY IF EXISTS task_open_in_order;
CREATE INDEX CONCURRENTLY task_open_in_order ON task (user_id, due_order, priority, id) WHERE deleted_at IS NULL AND completed_at IS NULL;

DROP INDEX CONCURRENTLY IF EXISTS task_completed_in_order;
CREATE INDEX CONCURRENTLY task_completed_in_order ON task (user_id, due_order, priority, id) WHERE deleted_at IS NULL AND completed_at IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS task_trash;
CREATE INDEX CONCURRENTLY task_trash ON task (deleted_at) WHERE deleted_at IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS task_by_status;

-- +goose Down
CREATE INDEX CONCURRENTLY task_by_status ON task (user_id, (completed_at IS NOT NULL), due_order, priority, id) WHERE deleted_at IS NULL;
DROP INDEX CONCURRENTLY task_trash;
DROP INDEX CONCURRENTLY task_completed_in_order;
DROP INDEX CONCURRENTLY task_open_in_order;
DROP INDEX CONCURRENTLY event_at;
