-- +goose NO TRANSACTION
-- What was done in a range of days is found without a look at all that ever was.

-- +goose Up
DROP INDEX CONCURRENTLY IF EXISTS task_done;
CREATE INDEX CONCURRENTLY task_done ON task (user_id, completed_at) WHERE deleted_at IS NULL AND completed_at IS NOT NULL;

-- +goose Down
DROP INDEX CONCURRENTLY task_done;
