-- +goose Up

-- Writers take their account first: those under way end, and others wait, before its type changes
-- under functions of the version before.
LOCK TABLE account IN EXCLUSIVE MODE;

ALTER TABLE account
  ADD COLUMN owner      boolean NOT NULL DEFAULT false,         -- of the platform
  ADD COLUMN task_quota int CHECK (task_quota >= 0);            -- most tasks; NULL: as everybody

-- Accounts that may do nothing until an owner enables them. They are apart from account, because
-- every request asks, and most platforms have none.
CREATE TABLE disabled_account (
  user_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  at      timestamptz NOT NULL
);

-- With an invitation one may sign up where nobody else may.
CREATE TABLE invitation (
  id         uuid PRIMARY KEY,
  made_by    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  hash       bytea NOT NULL UNIQUE, -- SHA-256; the token itself is stored nowhere
  email      text,                  -- whom it is for; NULL: whoever has it
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX invitation_made_by ON invitation (made_by);
CREATE INDEX invitation_end ON invitation (least(expires_at, used_at));

-- Owners find accounts by address.
CREATE INDEX account_by_email_prefix ON account (email text_pattern_ops);

-- +goose Down
DROP INDEX account_by_email_prefix;
DROP TABLE invitation, disabled_account;
ALTER TABLE account DROP COLUMN owner, DROP COLUMN task_quota;
