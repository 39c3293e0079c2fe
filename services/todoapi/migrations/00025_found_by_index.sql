-- +goose NO TRANSACTION
-- The tasks of a person lie scattered over the table, so that each look at all of them reads nearly as
-- many blocks. What people filter and count by, and the words that they search for, are found in indexes.

-- +goose Up
-- A row of an index must fit into a third of a block: tasks with many tags, which few are, have one of their own.
DROP INDEX CONCURRENTLY IF EXISTS task_open_brief;
CREATE INDEX CONCURRENTLY task_open_brief ON task (user_id, due_order, priority, id)
  INCLUDE (project_id, section_id, tags, due_date, due_time, due_zone, paused, rule, created_at)
  WHERE deleted_at IS NULL AND completed_at IS NULL AND cardinality(tags) <= 5;
DROP INDEX CONCURRENTLY IF EXISTS task_open_tagged;
CREATE INDEX CONCURRENTLY task_open_tagged ON task (user_id, due_order, priority, id)
  WHERE deleted_at IS NULL AND completed_at IS NULL AND cardinality(tags) > 5;
-- By which it is known that they are few.
CREATE STATISTICS IF NOT EXISTS task_tags ON (cardinality(tags)) FROM task;
ANALYZE task;
-- An index alone answers for blocks that were cleaned since they were written.
ALTER TABLE task SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);

-- The words of a task as words of its owner.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION words_of_owner(user_id uuid, words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$
  SELECT array_to_tsvector(ARRAY(SELECT right(user_id::text, 12) || lexeme FROM unnest(words)))
$$;
-- +goose StatementEnd
DROP INDEX CONCURRENTLY IF EXISTS search_doc_words;
-- Without fastupdate: a search would read all that waits to be put in order, of everybody.
CREATE INDEX CONCURRENTLY search_doc_words ON search_doc USING gin (words_of_owner(user_id, words)) WITH (fastupdate = off);

-- +goose Down
DROP INDEX CONCURRENTLY search_doc_words;
DROP FUNCTION words_of_owner;
ALTER TABLE task RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor);
DROP STATISTICS task_tags;
DROP INDEX CONCURRENTLY task_open_tagged;
DROP INDEX CONCURRENTLY task_open_brief;
