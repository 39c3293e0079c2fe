-- +goose Up
-- Where people are connected, as replicas of realtime-sync tell: of use for minutes, so that a server
-- that crashed need not know.
CREATE UNLOGGED TABLE presence_lease (
  replica uuid PRIMARY KEY,
  until   timestamptz NOT NULL             -- when it is taken for dead, unless it renews this
);
CREATE UNLOGGED TABLE presence (
  user_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  replica    uuid NOT NULL,
  devices    jsonb NOT NULL,               -- connections of the user that the replica holds
  changed_in xid8 NOT NULL,                -- transaction that wrote this: unlike clocks, it tells what a reader has not seen
  ended_at   timestamptz,                  -- since when there are none
  PRIMARY KEY (user_id, replica)
);
CREATE INDEX presence_changed ON presence (changed_in);
CREATE INDEX presence_held ON presence (replica) WHERE ended_at IS NULL;
CREATE INDEX presence_ended ON presence (ended_at) WHERE ended_at IS NOT NULL;

-- +goose Down
DROP TABLE presence, presence_lease;
