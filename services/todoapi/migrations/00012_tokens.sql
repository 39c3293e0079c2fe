-- +goose Up

-- API tokens: with one, a program acts for its user until the token expires or is revoked.
CREATE TABLE api_token (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  hash         bytea NOT NULL UNIQUE, -- SHA-256; the token itself is stored nowhere
  prefix       text NOT NULL,         -- its first characters, by which people know it again
  name         text NOT NULL,
  scopes       text[] NOT NULL,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz,           -- NULL: never
  last_used_at timestamptz,           -- to the minute
  revoked_at   timestamptz
);
CREATE INDEX api_token_of_user ON api_token (user_id);
CREATE INDEX api_token_end ON api_token (least(expires_at, revoked_at));

-- +goose Down
DROP TABLE api_token;
