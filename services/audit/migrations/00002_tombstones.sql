-- +goose Up

-- Accounts that were deleted, and with which hash their logs ended. All else of them is erased.
CREATE TABLE tombstones (
    user_id    uuid        PRIMARY KEY,
    deleted_at timestamptz NOT NULL,
    hash       bytea       NOT NULL CHECK (octet_length(hash) = 32)
);

-- Logs that are still to be erased.
CREATE TABLE erasures (user_id uuid PRIMARY KEY REFERENCES tombstones);

-- The log of a deleted account may go, and nothing else.
-- +goose StatementBegin
CREATE FUNCTION refuse_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM gone g WHERE NOT EXISTS (SELECT FROM tombstones t WHERE t.user_id = g.user_id)) THEN
        RAISE EXCEPTION 'audit entries are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

DROP TRIGGER entries_append_only ON entries;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER entries_erased AFTER DELETE ON entries REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_erasure();

-- +goose Down
DROP TRIGGER entries_erased ON entries;
DROP TRIGGER entries_append_only ON entries;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
DROP FUNCTION refuse_erasure();
DROP TABLE erasures, tombstones;
