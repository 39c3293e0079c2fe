-- Platform heads: what tells that somebody has made a whole log anew.

-- +goose Up
-- Whether the log has grown since a head listed it.
ALTER TABLE chains ADD COLUMN changed boolean NOT NULL DEFAULT true;
CREATE INDEX chains_changed ON chains (user_id) WHERE changed;

-- How many entries the log had, NULL for those that were buried before this was noted, and whether a head has told of its end.
ALTER TABLE tombstones ADD COLUMN position bigint, ADD COLUMN listed boolean NOT NULL DEFAULT false;
CREATE INDEX tombstones_unlisted ON tombstones (user_id) WHERE NOT listed;

CREATE TABLE heads (
    number bigint      PRIMARY KEY CHECK (number > 0),
    body   text        NOT NULL,          -- canonical JSON of a heads.Head, as it is signed
    hash   bytea       NOT NULL CHECK (octet_length(hash) = 32),
    at     timestamptz NOT NULL,
    lines  bigint      NOT NULL
);
CREATE TABLE head_lines (
    number  bigint NOT NULL,
    user_id uuid   NOT NULL,
    line    text   NOT NULL,              -- canonical JSON of a chain.Line
    PRIMARY KEY (number, user_id)
);
-- A head that is not here yet is signed by whoever finds it.
CREATE TABLE signed_heads (
    number bigint PRIMARY KEY REFERENCES heads,
    line   text   NOT NULL                -- canonical JSON of a heads.Signed
);
-- +goose StatementBegin
CREATE FUNCTION refuse_other_heads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'platform heads are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd
CREATE TRIGGER heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_heads();
CREATE TRIGGER head_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON head_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_heads();
CREATE TRIGGER signed_heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signed_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_heads();

-- +goose Down
DROP TABLE signed_heads, head_lines, heads;
DROP FUNCTION refuse_other_heads();
ALTER TABLE tombstones DROP COLUMN position, DROP COLUMN listed;
ALTER TABLE chains DROP COLUMN changed;
