-- +goose Up

-- How often something was tried in a window of time, by what it is and by whom. It takes over
-- from login_attempt, which goes with the next version.
CREATE TABLE attempt (
  kind      text NOT NULL,
  subject   text NOT NULL,
  attempts  int NOT NULL,
  resets_at timestamptz NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX attempt_end ON attempt (resets_at);

-- The number of a user's tasks that are not deleted, from when it was first asked for.
CREATE TABLE task_count (
  user_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  tasks   int NOT NULL
) WITH (fillfactor = 50);

-- +goose Down
DROP TABLE task_count;
DROP TABLE attempt;
