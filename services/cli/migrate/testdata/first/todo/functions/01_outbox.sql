-- The outbox of a schema: events wait here, in the transaction of the change that
-- caused them, until a relay has published them. Sent events stay: they are the
-- user's change feed. See the package documentation of outbox.

-- The last seq of each user. Its row is the lock that puts one user's changes in order.
CREATE TABLE IF NOT EXISTS event_head (
    user_id uuid PRIMARY KEY,
    seq     bigint NOT NULL
);

CREATE TABLE IF NOT EXISTS event (
    user_id  uuid NOT NULL,
    seq      bigint NOT NULL,                        -- 1, 2, 3, … for each user, in commit order
    position bigint GENERATED ALWAYS AS IDENTITY,    -- rises with seq for each user
    shard    int GENERATED ALWAYS AS (get_byte(uuid_send(user_id), 15) & 15) STORED,
    event_id uuid NOT NULL UNIQUE,
    type     text NOT NULL,
    subject  text NOT NULL,
    at       timestamptz NOT NULL,
    data     jsonb NOT NULL,
    sent_at  timestamptz,                            -- NULL: not yet acknowledged by Kafka
    PRIMARY KEY (user_id, seq)
);

CREATE INDEX IF NOT EXISTS event_waiting ON event (shard, position) WHERE sent_at IS NULL;

-- Who publishes the events of a shard of the users, and until when. One relay at a
-- time keeps each user's events in order.
CREATE TABLE IF NOT EXISTS event_lease (
    shard int PRIMARY KEY,
    owner text NOT NULL,
    until timestamptz NOT NULL
);

INSERT INTO event_lease (shard, owner, until) SELECT s, '', '-infinity' FROM generate_series(0, 15) s
ON CONFLICT DO NOTHING;

-- new_event_id makes a UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix time in
-- milliseconds, then the version, then random bits. PostgreSQL has its own from 18 on.
CREATE OR REPLACE FUNCTION new_event_id() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    millis bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
    bytes  bytea := overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(millis) FROM 3) FROM 1 FOR 6);
BEGIN
    RETURN encode(set_byte(bytes, 6, (get_byte(bytes, 6) & 15) | 112), 'hex')::uuid;
END
$$;

-- append_event puts an event into the outbox. It holds the user's lock until the
-- transaction ends, so call it after what may wait for other locks. data gets the
-- members userId, seq, eventId and type, which make it a complete document.
CREATE OR REPLACE FUNCTION append_event(user_id uuid, type text, subject text, data jsonb) RETURNS event
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    next_seq bigint;
    id       uuid := new_event_id();
    appended event;
BEGIN
    INSERT INTO event_head AS head (user_id, seq) VALUES (append_event.user_id, 1)
    ON CONFLICT (user_id) DO UPDATE SET seq = head.seq + 1
    RETURNING seq INTO next_seq;

    INSERT INTO event (user_id, seq, event_id, type, subject, at, data)
    VALUES (append_event.user_id, next_seq, id, append_event.type, append_event.subject, now(),
        append_event.data || jsonb_build_object(
            'userId', append_event.user_id, 'seq', next_seq, 'eventId', id, 'type', append_event.type))
    RETURNING * INTO appended;
    RETURN appended;
END
$$;

-- claim_events {owner, seconds, limit, bytes} leases the shard that has waited longest
-- among those with events and without a holder, and returns its first events:
-- {shard, events: […]}, or null when there is nothing to do. The events are fewer than
-- limit when they grow past bytes, because they must fit into one message.
CREATE OR REPLACE FUNCTION op_claim_events(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    claimed int;
BEGIN
    SELECT l.shard INTO claimed FROM event_lease l
    WHERE l.until <= now() AND EXISTS (SELECT FROM event e WHERE e.shard = l.shard AND e.sent_at IS NULL)
    ORDER BY l.until LIMIT 1
    FOR UPDATE SKIP LOCKED;
    IF claimed IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE event_lease SET owner = args->>'owner', until = now() + make_interval(secs => (args->>'seconds')::float8)
    WHERE shard = claimed;
    RETURN jsonb_build_object('shard', claimed, 'events', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'position', e.position, 'userId', e.user_id, 'id', e.event_id, 'type', e.type,
            'subject', e.subject, 'at', e.at, 'data', e.data) ORDER BY e.position), '[]')
        FROM (SELECT *, sum(octet_length(data::text)) OVER (ORDER BY position) - octet_length(data::text) AS bytes_before
              FROM (SELECT * FROM event WHERE shard = claimed AND sent_at IS NULL
                    ORDER BY position LIMIT (args->>'limit')::int) first) e
        WHERE bytes_before < (args->>'bytes')::bigint));
END
$$;

-- settle_events {owner, shard, sent: [position, …]} notes what Kafka has
-- acknowledged and gives the lease back, unless another owner has taken it over.
CREATE OR REPLACE FUNCTION op_settle_events(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    UPDATE event SET sent_at = now()
    WHERE shard = (args->>'shard')::int AND sent_at IS NULL
      AND position = ANY (SELECT jsonb_array_elements_text(args->'sent')::bigint);
    UPDATE event_lease SET owner = '', until = now()
    WHERE shard = (args->>'shard')::int AND owner = args->>'owner';
    RETURN NULL;
END
$$;

-- event_backlog says how many events wait and for how many seconds the oldest has.
CREATE OR REPLACE FUNCTION op_event_backlog(args jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('waiting', count(*),
        'oldestSeconds', coalesce(extract(epoch FROM now() - min(at)), 0))
    FROM event WHERE sent_at IS NULL
$$;
