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

-- +goose Down
DROP TABLE attempt;
