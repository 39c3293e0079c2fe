-- +goose Up

-- Reminders of tasks in archived projects pass in silence. archived_as_of says how far the feed of a
-- user was when todo-api told of the archived ones; 0: there were none; NULL: the version before
-- handled changes of theirs.
ALTER TABLE people ADD COLUMN archived uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE people ADD COLUMN archived_as_of bigint;
ALTER TABLE reminders ADD COLUMN project_id uuid;
ALTER TABLE reminders DROP CONSTRAINT reminders_state_check;
ALTER TABLE reminders ADD CONSTRAINT reminders_state_check CHECK (state IN ('scheduled', 'fired', 'silent', 'cancelled'));

-- +goose Down
UPDATE reminders SET state = 'fired' WHERE state = 'silent';
ALTER TABLE reminders DROP CONSTRAINT reminders_state_check;
ALTER TABLE reminders ADD CONSTRAINT reminders_state_check CHECK (state IN ('scheduled', 'fired', 'cancelled'));
ALTER TABLE reminders DROP COLUMN project_id;
ALTER TABLE people DROP COLUMN archived_as_of;
ALTER TABLE people DROP COLUMN archived;
