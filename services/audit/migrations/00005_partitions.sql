-- +goose NO TRANSACTION
-- Entries lie in a partition a month, so that old ones can go at once. The table so far becomes the first
-- partition as it is: its rows are looked at once, while others write, and none is written anew. Each statement
-- may be run again.

-- +goose Up
-- Where each log begins: after the last entry that retention has dropped, and up to which seq the changes were
-- in it then.
ALTER TABLE chains
    ADD COLUMN IF NOT EXISTS begin_position bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS begin_hash     bytea  NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(begin_hash) = 32),
    ADD COLUMN IF NOT EXISTS begin_seq      bigint NOT NULL DEFAULT 0;

-- The partitions, until when each takes entries, and the last user of whom it is noted what goes with it.
CREATE TABLE IF NOT EXISTS partitions (
    name  text        PRIMARY KEY,
    until timestamptz NOT NULL,
    noted uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
-- What happened before this moment and is in no log any more is older than logs are kept.
CREATE TABLE IF NOT EXISTS dropped (
    single boolean     PRIMARY KEY DEFAULT true CHECK (single),
    until  timestamptz NOT NULL
);

-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'entries_first_until' AND connamespace = current_schema()::regnamespace) THEN
        EXECUTE format('ALTER TABLE entries ADD CONSTRAINT entries_first_until CHECK (appended_at < %L) NOT VALID',
            (date_trunc('month', now() AT TIME ZONE 'UTC' + interval '7 days') + interval '1 month') AT TIME ZONE 'UTC');
    END IF;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
BEGIN
    IF to_regclass('entries_first') IS NULL THEN
        ALTER TABLE entries VALIDATE CONSTRAINT entries_first_until;
    END IF;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE
    until text;
BEGIN
    IF to_regclass('entries_first') IS NULL THEN
        SELECT substring(pg_get_constraintdef(oid) FROM '''([^'']+)''') INTO until FROM pg_constraint
        WHERE conname = 'entries_first_until' AND connamespace = current_schema()::regnamespace;
        ALTER TABLE entries RENAME TO entries_first;
        -- Unique within a partition: over all of them, the lock on the row of the chain sees to it.
        CREATE TABLE entries (LIKE entries_first INCLUDING DEFAULTS) PARTITION BY RANGE (appended_at);
        EXECUTE format('ALTER TABLE entries ATTACH PARTITION entries_first FOR VALUES FROM (MINVALUE) TO (%L)', until);
        CREATE TRIGGER entries_append_only BEFORE UPDATE OR TRUNCATE ON entries
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
        CREATE TRIGGER entries_erased AFTER DELETE ON entries REFERENCING OLD TABLE AS gone
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_erasure();
        INSERT INTO partitions (name, until) VALUES ('entries_first', until::timestamptz);
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
BEGIN
    RAISE EXCEPTION 'entries of several months cannot become one table again';
END $$;
-- +goose StatementEnd
