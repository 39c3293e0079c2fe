-- +goose Up

-- When each person is next told of what is due, by kind: the list of a day, or a nudge about what is
-- overdue. day is the local day that it is about, and the first of which nobody was told yet.
CREATE TABLE digests (
    user_id  uuid        NOT NULL,
    kind     text        NOT NULL CHECK (kind IN ('digest', 'overdue')),
    zone     text        NOT NULL,
    at       time        NOT NULL,
    channels text[]      NOT NULL, -- none: it was switched off
    day      date        NOT NULL,
    next_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind)
);
CREATE INDEX digests_next ON digests (next_at) WHERE cardinality(channels) > 0;

-- A notice may tell of what is due on a day, and may go to a browser.
ALTER TABLE notices ADD COLUMN day date;
ALTER TABLE notices ADD COLUMN subscription uuid REFERENCES push_subscriptions (id) ON DELETE CASCADE;
CREATE INDEX notices_due ON notices ((day IS NOT NULL), next_attempt_at) WHERE state = 'pending' AND subscription IS NULL;
CREATE INDEX notices_of_subscription ON notices (subscription) WHERE subscription IS NOT NULL;

-- +goose Down
DELETE FROM notices WHERE day IS NOT NULL;
DROP INDEX notices_of_subscription;
DROP INDEX notices_due;
ALTER TABLE notices DROP COLUMN subscription, DROP COLUMN day;
DROP TABLE digests;
