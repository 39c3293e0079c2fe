-- +goose NO TRANSACTION
-- What happened to one object is found without reading the whole log of its user.

-- +goose Up
-- The object that a record is about: that of a change, or the task of a reminder.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION subject_of(body text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT left(coalesce(body::jsonb #>> '{data,id}', body::jsonb #>> '{data,taskId}'), 100)
$$;
-- +goose StatementEnd
DROP INDEX CONCURRENTLY IF EXISTS entries_subject;
CREATE INDEX CONCURRENTLY entries_subject ON entries (user_id, subject_of(body), position);

-- +goose Down
DROP INDEX CONCURRENTLY entries_subject;
DROP FUNCTION subject_of;
