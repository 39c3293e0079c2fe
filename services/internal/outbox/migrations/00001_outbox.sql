-- +goose Up

-- The last seq of each user. Its row is the lock that puts one user's events in order.
CREATE TABLE IF NOT EXISTS event_head (
    user_id uuid PRIMARY KEY,
    seq     bigint NOT NULL
);

-- Who publishes the events of a shard of the users, and until when. One relay at a
-- time keeps each user's events in order.
CREATE TABLE IF NOT EXISTS event_lease (
    shard int PRIMARY KEY,
    owner text NOT NULL,
    until timestamptz NOT NULL
);
INSERT INTO event_lease (shard, owner, until) SELECT s, '', '-infinity' FROM generate_series(0, 15) s
ON CONFLICT DO NOTHING;

-- The last user of the shard that was served: the next ones come first.
ALTER TABLE event_lease ADD COLUMN after_user uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';

-- Events on their way to Kafka. A row goes when Kafka has acknowledged it.
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- rises in the order of each user's events
    shard    int NOT NULL,
    user_id  uuid NOT NULL,
    event_id uuid NOT NULL,
    type     text NOT NULL,
    subject  text NOT NULL,
    at       timestamptz NOT NULL,
    data     jsonb NOT NULL
) WITH (fillfactor = 100, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX outbox_of_user ON outbox (shard, user_id, position);

-- +goose Down
DROP TABLE outbox;
ALTER TABLE event_lease DROP COLUMN after_user;
