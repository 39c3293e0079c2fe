-- +goose Up
CREATE TABLE account (
  id            uuid PRIMARY KEY,
  email         text NOT NULL UNIQUE, -- in lower case
  password_hash text NOT NULL,
  zone          text NOT NULL,        -- IANA
  created_at    timestamptz NOT NULL
);

-- One signed-in device. Its refresh tokens are one family: they end together.
CREATE TABLE session (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  device     text NOT NULL,
  created_at timestamptz NOT NULL,
  used_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX session_of_user ON session (user_id, used_at DESC);
CREATE INDEX session_end ON session (least(expires_at, revoked_at));

CREATE TABLE refresh_token (
  hash       bytea PRIMARY KEY, -- SHA-256; the token itself is stored nowhere
  session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
  parent     bytea,             -- the token it was exchanged for
  issued_at  timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX refresh_token_of_session ON refresh_token (session_id);
CREATE INDEX refresh_token_parent ON refresh_token (parent);
CREATE INDEX refresh_token_used ON refresh_token (used_at);

-- Sign-in attempts on one address; the empty address counts those from anywhere.
CREATE TABLE login_attempt (
  email     text NOT NULL,
  address   text NOT NULL,
  attempts  int NOT NULL,
  resets_at timestamptz NOT NULL,
  PRIMARY KEY (email, address)
);
CREATE INDEX login_attempt_end ON login_attempt (resets_at);

CREATE TABLE task (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  version      bigint NOT NULL DEFAULT 1,
  title        text NOT NULL,
  notes        text NOT NULL,
  priority     smallint NOT NULL CHECK (priority BETWEEN 1 AND 4),
  tags         text[] NOT NULL,
  due_date     date,
  due_time     time,
  due_zone     text,
  rule         text, -- RFC 5545
  anchor       text CHECK (anchor IN ('schedule', 'completion')),
  reminders    jsonb NOT NULL,
  series_id    uuid,
  occurrence   bigint,
  series_start jsonb,
  advanced_at  timestamptz, -- when the occurrence after this one was settled
  completed_at timestamptz,
  deleted_at   timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  -- Local clock reading, whole days before their hours, tasks without a date last.
  due_order    timestamp NOT NULL
    GENERATED ALWAYS AS (coalesce(due_date + coalesce(due_time, time '00:00'), timestamp 'infinity')) STORED,
  UNIQUE (series_id, occurrence),
  CHECK (rule IS NULL OR (due_date IS NOT NULL AND anchor IS NOT NULL)),
  CHECK (num_nulls(rule, series_id, occurrence, series_start) IN (0, 4))
);
CREATE INDEX task_by_status ON task (user_id, (completed_at IS NOT NULL), due_order, priority, id) WHERE deleted_at IS NULL;
CREATE INDEX task_in_order ON task (user_id, due_order, priority, id) WHERE deleted_at IS NULL;
CREATE INDEX task_open ON task (user_id, id) WHERE deleted_at IS NULL AND completed_at IS NULL;
CREATE INDEX task_missing_next ON task (completed_at) WHERE completed_at IS NOT NULL AND rule IS NOT NULL AND advanced_at IS NULL;

-- +goose Down
DROP TABLE task, login_attempt, refresh_token, session, account;
