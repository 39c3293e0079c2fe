-- +goose Up

-- Mails that are about the account and not about a reminder. id is that of the change that asked
-- for one: the key under which it is sent once. next_attempt_at is also the lease, as of deliveries.
CREATE TABLE notices (
    id              uuid        PRIMARY KEY,
    user_id         uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('verification')),
    state           text        NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    attempts        integer     NOT NULL DEFAULT 0,
    asked_at        timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    error           text        NOT NULL DEFAULT ''
);
CREATE INDEX notices_pending ON notices (next_attempt_at) WHERE state = 'pending';
CREATE INDEX notices_asked_at ON notices (asked_at);

-- +goose Down
DROP TABLE notices;
