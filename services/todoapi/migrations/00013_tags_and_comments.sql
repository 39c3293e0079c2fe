-- +goose Up

-- What people know of a tag besides its name, by which tasks have it.
CREATE TABLE tag (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  version    bigint NOT NULL DEFAULT 1,
  name       text NOT NULL,
  colour     text NOT NULL,
  favourite  boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX tag_name ON tag (user_id, name_key(name));
INSERT INTO tag (id, user_id, name, colour, created_at, updated_at)
SELECT DISTINCT ON (user_id, name_key(name)) gen_random_uuid(), user_id, name, 'grey', now(), now()
FROM task, unnest(tags) AS name
ORDER BY user_id, name_key(name), name;

CREATE TABLE comment (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  task_id    uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  version    bigint NOT NULL DEFAULT 1,
  text       text NOT NULL,
  number     bigint GENERATED ALWAYS AS IDENTITY, -- in which order they came, also those of one moment
  deleted_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX comment_of_task ON comment (task_id);
CREATE INDEX comment_of_user ON comment (user_id);
CREATE INDEX comment_trash ON comment (deleted_at) WHERE deleted_at IS NOT NULL;

-- Filters that people keep.
CREATE TABLE filter (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  version    bigint NOT NULL DEFAULT 1,
  name       text NOT NULL,
  query      text NOT NULL,
  colour     text NOT NULL,
  favourite  boolean NOT NULL DEFAULT false,
  position   text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX filter_of_user ON filter (user_id);

-- +goose Down
DROP TABLE filter, comment, tag;
