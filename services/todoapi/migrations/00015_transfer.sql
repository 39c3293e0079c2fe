-- +goose Up

-- The secret address under which a calendar program reads the tasks of a user, of which there is
-- one at most.
CREATE TABLE calendar_feed (
  user_id      uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  hash         bytea NOT NULL UNIQUE, -- SHA-256; the secret itself is stored nowhere
  created_at   timestamptz NOT NULL,
  last_read_at timestamptz            -- to the hour
);

-- +goose Down
DROP TABLE calendar_feed;
