-- +goose Up

-- The webhooks of the users, as todo-api tells of them.
CREATE TABLE webhooks (
    id            uuid        PRIMARY KEY,
    user_id       uuid        NOT NULL,
    version       bigint      NOT NULL,
    since         bigint      NOT NULL, -- changes up to it are not sent
    url           text        NOT NULL,
    types         text[]      NOT NULL,
    enabled       boolean     NOT NULL,
    secret        text        NOT NULL,
    former_secret text,                 -- signs as well until former_until
    former_until  timestamptz,
    failing_since timestamptz           -- NULL: the last attempt went well
);
CREATE INDEX webhooks_of_user ON webhooks (user_id);

-- One row a webhook and change: the key under which it is sent. An attempt under way holds the row
-- until leased_until.
CREATE TABLE webhook_deliveries (
    id              uuid        PRIMARY KEY,
    webhook_id      uuid        NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    user_id         uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    type            text        NOT NULL,
    seq             bigint      NOT NULL,
    changed_at      timestamptz NOT NULL,
    body            text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    leased_until    timestamptz,
    attempted_at    timestamptz,
    status          integer,
    duration_ms     integer,
    error           text        NOT NULL DEFAULT '',
    UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_leased ON webhook_deliveries (webhook_id, leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX webhook_deliveries_over ON webhook_deliveries (created_at) WHERE state <> 'waiting';

-- How far the feed of a user was when todo-api told of their webhooks; 0: they had none; NULL: the
-- version before handled changes of theirs.
ALTER TABLE people ADD COLUMN webhooks_as_of bigint;

-- +goose Down
ALTER TABLE people DROP COLUMN webhooks_as_of;
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
