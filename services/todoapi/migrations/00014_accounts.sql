-- +goose NO TRANSACTION
-- Each statement by itself, and safe to repeat: none holds a lock while it waits for another.

-- +goose Up
ALTER TABLE account
  ADD COLUMN IF NOT EXISTS reset_asked_at     timestamptz, -- for a new password by mail, the last time; NULL: that is settled
  ADD COLUMN IF NOT EXISTS new_email          text,        -- takes the place of email when somebody shows to read it
  ADD COLUMN IF NOT EXISTS new_email_asked_at timestamptz,
  ADD COLUMN IF NOT EXISTS deleted_at         timestamptz; -- it can do nothing any more and is being erased

-- The address that an account had before, for the mail that tells its reader.
CREATE TABLE IF NOT EXISTS former_email (
  user_id    uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  email      text NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS former_email_at ON former_email (changed_at);

-- Who asks for a new password names an address, and learns nothing of whether it has an account:
-- that is looked at later.
CREATE TABLE IF NOT EXISTS reset_request (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email    text NOT NULL,
  at       timestamptz NOT NULL
);

-- What is in the mails that lead to a new password.
CREATE TABLE IF NOT EXISTS reset_token (
  hash       bytea PRIMARY KEY, -- SHA-256; the token itself is stored nowhere
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS reset_token_of_user ON reset_token (user_id);
CREATE INDEX IF NOT EXISTS reset_token_end ON reset_token (expires_at);

-- Accounts that were deleted. What they held goes in batches; the row stays for as long as other
-- services may learn of it by the feed.
CREATE TABLE IF NOT EXISTS erasure (
  user_id     uuid PRIMARY KEY,
  seq         bigint NOT NULL,      -- of the change that tells of the deletion
  deleted_at  timestamptz NOT NULL,
  waits_until timestamptz NOT NULL DEFAULT '-infinity',
  erased_at   timestamptz           -- NULL: there is something left
);
CREATE INDEX IF NOT EXISTS erasure_waiting ON erasure (waits_until) WHERE erased_at IS NULL;
CREATE INDEX IF NOT EXISTS erasure_end ON erasure (erased_at) WHERE erased_at IS NOT NULL;

-- The last step of an erasure would look through all tasks of everybody for this constraint, as no
-- index holds all tasks of a user, and none shall: it would be written with nearly every change.
-- The functions that write a task lock its account first, and an account goes after its tasks.
-- Whoever works meanwhile may hold either table and wait for the other: this gives way and tries again.
-- +goose StatementBegin
DO $$
BEGIN
  FOR attempt IN 1 .. 400 LOOP
    BEGIN
      PERFORM set_config('lock_timeout', '50ms', true); -- much less than the time after which a deadlock is broken
      LOCK TABLE account, task IN ACCESS EXCLUSIVE MODE;
      ALTER TABLE task DROP CONSTRAINT IF EXISTS task_user_id_fkey;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(0.05);
    END;
  END LOOP;
  RAISE EXCEPTION 'the tables account and task were locked for too long' USING ERRCODE = 'lock_not_available';
END $$;
-- +goose StatementEnd
DROP INDEX CONCURRENTLY IF EXISTS task_trash_of_user;
CREATE INDEX CONCURRENTLY task_trash_of_user ON task (user_id) WHERE deleted_at IS NOT NULL;

-- +goose Down
DROP INDEX CONCURRENTLY IF EXISTS task_trash_of_user;
ALTER TABLE task DROP CONSTRAINT IF EXISTS task_user_id_fkey;
ALTER TABLE task ADD CONSTRAINT task_user_id_fkey FOREIGN KEY (user_id) REFERENCES account ON DELETE CASCADE;
DROP TABLE IF EXISTS reset_token, reset_request, former_email, erasure;
ALTER TABLE account DROP COLUMN IF EXISTS deleted_at, DROP COLUMN IF EXISTS reset_asked_at,
  DROP COLUMN IF EXISTS new_email, DROP COLUMN IF EXISTS new_email_asked_at;
