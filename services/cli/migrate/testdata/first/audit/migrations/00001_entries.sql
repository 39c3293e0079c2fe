-- +goose Up

-- The head of each user's chain. Its row is the lock under which entries get their position.
CREATE TABLE chains (
    user_id    uuid PRIMARY KEY,
    position   bigint NOT NULL DEFAULT 0,
    hash       bytea  NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(hash) = 32),
    change_seq bigint NOT NULL DEFAULT 0
);

CREATE TABLE entries (
    user_id     uuid        NOT NULL REFERENCES chains,
    position    bigint      NOT NULL CHECK (position > 0),
    event_id    text        NOT NULL CHECK (length(event_id) BETWEEN 1 AND 200),
    change_seq  bigint      CHECK (change_seq > 0),
    body        text        NOT NULL,
    hash        bytea       NOT NULL CHECK (octet_length(hash) = 32),
    appended_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, position),
    UNIQUE (user_id, event_id),
    UNIQUE (user_id, change_seq)
);

-- +goose StatementBegin
CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();

-- +goose Down
DROP TABLE entries;
DROP TABLE chains;
DROP FUNCTION refuse_rewrite();
