-- +goose Up

-- Browsers that people have subscribed with. An endpoint is one browser's: who subscribes there last
-- is the one who uses it.
CREATE TABLE push_subscriptions (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid        NOT NULL,
    endpoint   text        NOT NULL UNIQUE,
    p256dh     text        NOT NULL,
    auth       text        NOT NULL,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz,                   -- NULL: nothing was taken yet
    error      text        NOT NULL DEFAULT '' -- of the last attempt
);
CREATE INDEX push_subscriptions_of_user ON push_subscriptions (user_id);

-- One row a reminder, fire time and subscription: the key under which a message is sent once.
-- next_attempt_at is also the lease, as of deliveries; leased_until tells attempts under way from pauses.
CREATE TABLE push_deliveries (
    reminder        uuid        NOT NULL REFERENCES reminders (id) ON DELETE CASCADE,
    version         integer     NOT NULL,
    subscription    uuid        NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
    user_id         uuid        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'cancelled')),
    attempts        integer     NOT NULL DEFAULT 0,
    fired_at        timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    leased_until    timestamptz,
    PRIMARY KEY (reminder, version, subscription)
);
CREATE INDEX push_deliveries_pending ON push_deliveries (next_attempt_at) WHERE state = 'pending';
CREATE INDEX push_deliveries_leased ON push_deliveries (user_id, leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX push_deliveries_of_subscription ON push_deliveries (subscription);

-- +goose Down
DROP TABLE push_deliveries;
DROP TABLE push_subscriptions;
