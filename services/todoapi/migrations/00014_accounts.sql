-- +goose Up

ALTER TABLE account
  ADD COLUMN reset_asked_at     timestamptz, -- for a new password by mail, the last time; NULL: that is settled
  ADD COLUMN new_email          text,        -- takes the place of email when somebody shows to read it
  ADD COLUMN new_email_asked_at timestamptz;

-- The address that an account had before, for the mail that tells its reader.
CREATE TABLE former_email (
  user_id    uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  email      text NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX former_email_at ON former_email (changed_at);

-- Who asks for a new password names an address, and learns nothing of whether it has an account:
-- that is looked at later.
CREATE TABLE reset_request (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email    text NOT NULL,
  at       timestamptz NOT NULL
);

-- What is in the mails that lead to a new password.
CREATE TABLE reset_token (
  hash       bytea PRIMARY KEY, -- SHA-256; the token itself is stored nowhere
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX reset_token_of_user ON reset_token (user_id);
CREATE INDEX reset_token_end ON reset_token (expires_at);

-- +goose Down
DROP TABLE reset_token, reset_request, former_email;
ALTER TABLE account DROP COLUMN reset_asked_at, DROP COLUMN new_email, DROP COLUMN new_email_asked_at;
