-- +goose Up

-- Who reads the mail of an account's address has shown it at verified_at; NULL: nobody has.
-- Accounts of before get mail for two weeks more.
ALTER TABLE account
  ADD COLUMN verified_at           timestamptz,
  ADD COLUMN verification_asked_at timestamptz, -- for the mail with the link, the last time
  ADD COLUMN mail_grace_until      timestamptz DEFAULT now() + interval '14 days';
ALTER TABLE account ALTER COLUMN mail_grace_until DROP DEFAULT;

-- +goose Down
ALTER TABLE account DROP COLUMN verified_at, DROP COLUMN verification_asked_at, DROP COLUMN mail_grace_until;
