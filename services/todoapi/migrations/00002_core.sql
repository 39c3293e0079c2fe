-- +goose Up

-- What a person has chosen for all of their windows; the zone is there already.
ALTER TABLE account
  ADD COLUMN settings_version bigint NOT NULL DEFAULT 1,
  ADD COLUMN locale     text NOT NULL DEFAULT 'en',
  ADD COLUMN week_start smallint NOT NULL DEFAULT 1 CHECK (week_start BETWEEN 1 AND 7),
  ADD COLUMN day_start  time NOT NULL DEFAULT '09:00';

-- Why no occurrence could follow a completed one.
ALTER TABLE task ADD COLUMN series_ended text;

-- The change feed: every change of a user, kept for a stated time. Its name is that of the
-- table that was outbox and feed in one; sent_at is set on all but what the version before
-- wrote last, see adopt_waiting.
CREATE TABLE IF NOT EXISTS event (
  user_id  uuid NOT NULL,
  seq      bigint NOT NULL,                        -- 1, 2, 3, … for each user, in commit order
  position bigint GENERATED ALWAYS AS IDENTITY,
  shard    int GENERATED ALWAYS AS (get_byte(uuid_send(user_id), 15) & 15) STORED,
  event_id uuid NOT NULL,
  type     text NOT NULL,
  subject  text NOT NULL,
  at       timestamptz NOT NULL,
  data     jsonb NOT NULL,
  sent_at  timestamptz,
  PRIMARY KEY (user_id, seq)
);
CREATE INDEX IF NOT EXISTS event_waiting ON event (shard, position) WHERE sent_at IS NULL;
ALTER TABLE event DROP CONSTRAINT IF EXISTS event_event_id_key;

-- Changes up to floor have been forgotten.
ALTER TABLE event_head ADD COLUMN floor bigint NOT NULL DEFAULT 0;

-- Requests under an idempotency key and what came of them, for a day. Without a fingerprint:
-- from before there were any.
CREATE TABLE operation (
  user_id     uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  key         text NOT NULL,
  fingerprint text,
  results     jsonb NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX operation_at ON operation (at);
INSERT INTO operation (user_id, key, results, at)
SELECT user_id, data->>'opId', jsonb_build_array(jsonb_build_object('ok', data->'after')), at FROM event
WHERE data->>'opId' IS NOT NULL AND at > now() - interval '1 day'
ON CONFLICT DO NOTHING;

-- +goose Down
DROP TABLE operation;
ALTER TABLE event_head DROP COLUMN floor;
ALTER TABLE task DROP COLUMN series_ended;
ALTER TABLE account DROP COLUMN settings_version, DROP COLUMN locale, DROP COLUMN week_start, DROP COLUMN day_start;
