-- +goose Up
-- Addresses for which sign-ins failed, whether they have an account or not, until that was looked at.
CREATE TABLE failed_sign_in (
  email    text        PRIMARY KEY,
  failures int         NOT NULL,           -- since the account was told last
  tell_at  timestamptz NOT NULL            -- from when on it may be told again
);
CREATE INDEX failed_sign_in_tell_at ON failed_sign_in (tell_at);

-- +goose Down
DROP TABLE failed_sign_in;
