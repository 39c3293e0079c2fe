-- +goose Up

-- Writers take their account first: those under way end, and others wait, before the type of a
-- task changes under functions of the version before.
LOCK TABLE account IN EXCLUSIVE MODE;

-- Whether a series waits, and what its occurrences have where this one was changed alone.
ALTER TABLE task
  ADD COLUMN paused boolean NOT NULL DEFAULT false,
  ADD COLUMN usual  jsonb;

-- +goose Down
ALTER TABLE task DROP COLUMN paused, DROP COLUMN usual;
