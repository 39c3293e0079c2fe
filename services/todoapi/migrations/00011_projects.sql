-- +goose Up

-- Writers take their account first: those under way end, and others wait, before the type of a
-- task changes under functions of the version before.
LOCK TABLE account IN EXCLUSIVE MODE;

-- By what names are the same: people do not tell Ä from ä, however it is put together.
-- +goose StatementBegin
CREATE FUNCTION name_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT lower(normalize(name, NFC) COLLATE "und-x-icu")
$$;
-- +goose StatementEnd

-- Where tasks live: a tree, each with sections. Without a project a task is in the inbox.
CREATE TABLE project (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  version     bigint NOT NULL DEFAULT 1,
  name        text NOT NULL,
  colour      text NOT NULL,
  favourite   boolean NOT NULL DEFAULT false,
  parent_id   uuid,
  position    text COLLATE "C" NOT NULL, -- see order_key_between
  archived_at timestamptz,
  deleted_at  timestamptz,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL
);
CREATE INDEX project_of_user ON project (user_id);
CREATE INDEX project_trash ON project (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE section (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  version    bigint NOT NULL DEFAULT 1,
  project_id uuid NOT NULL,
  name       text NOT NULL,
  position   text COLLATE "C" NOT NULL,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX section_of_user ON section (user_id);
CREATE INDEX section_trash ON section (deleted_at) WHERE deleted_at IS NOT NULL;

-- The functions that write a task see to it that what these name is there and is the user's.
ALTER TABLE task
  ADD COLUMN project_id uuid,
  ADD COLUMN section_id uuid,
  ADD COLUMN parent_id  uuid,
  ADD COLUMN start_date date,
  ADD COLUMN deadline   date,
  ADD COLUMN duration_minutes int CHECK (duration_minutes > 0),
  ADD COLUMN position   text COLLATE "C"; -- NULL: by the time of creation, from before there were any
-- The act of a request under a key, and the user's last change when it was done.
ALTER TABLE operation
  ADD COLUMN act_group text,
  ADD COLUMN seq       bigint;

CREATE INDEX task_children ON task (user_id, parent_id) WHERE parent_id IS NOT NULL;

-- +goose Down
DROP INDEX task_children;
ALTER TABLE operation DROP COLUMN act_group, DROP COLUMN seq;
ALTER TABLE task DROP COLUMN project_id, DROP COLUMN section_id, DROP COLUMN parent_id, DROP COLUMN start_date,
  DROP COLUMN deadline, DROP COLUMN duration_minutes, DROP COLUMN position;
DROP TABLE section, project;
DROP FUNCTION name_key;
