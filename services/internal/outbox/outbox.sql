-- The outbox of a schema: events wait here, written in the transaction of the change that
-- caused them, until a relay has published them. See the package documentation of outbox.

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

-- next_seq counts the events of a user. It holds the user's lock until the transaction
-- ends, so call it after what may wait for other locks.
CREATE OR REPLACE FUNCTION next_seq(uid uuid) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN next_seqs(uid, 1);
END
$$;

-- next_seqs counts as many events at once, and returns the number of the last. Counting one by one
-- takes a time that grows with the square: a row that was updated in the same transaction is
-- found by way of all that it was.
CREATE OR REPLACE FUNCTION next_seqs(uid uuid, many int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  INSERT INTO event_head AS head (user_id, seq) VALUES (uid, many)
  ON CONFLICT (user_id) DO UPDATE SET seq = head.seq + many
  RETURNING head.seq INTO n;
  RETURN n;
END
$$;

-- shard_of says in which shard a user's events wait.
CREATE OR REPLACE FUNCTION shard_of(uid uuid) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT get_byte(uuid_send(uid), 15) & 15
$$;

-- enqueue puts an event into the outbox. The caller holds the user's lock, see next_seq. It and
-- next_seq are in PL/pgSQL because that keeps the plans of a session's statements.
CREATE OR REPLACE FUNCTION enqueue(user_id uuid, event_id uuid, type text, subject text, at timestamptz, data jsonb) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO outbox (shard, user_id, event_id, type, subject, at, data)
  VALUES (shard_of(enqueue.user_id), enqueue.user_id, enqueue.event_id, enqueue.type,
    enqueue.subject, enqueue.at, enqueue.data);
END
$$;

-- op_relay {owner, seconds, users, perUser, bytes, resting?, settle: {shard, sent: [position, …]}?}
-- forgets what Kafka has acknowledged of the shard that the owner held, gives that shard
-- back, and claims the next, if there is one.
CREATE OR REPLACE FUNCTION op_relay(args jsonb) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  IF args ? 'settle' THEN
    PERFORM op_relay_settle(args->'settle' || jsonb_build_object('owner', args->'owner'));
  END IF;
  RETURN claim_shard(args, NULL);
END
$$;

-- claim_for claims the shard of a user at the end of a transaction that added events of theirs.
-- offer is {owner, seconds, users, perUser, bytes, resting?}; without one, while another relay has
-- the shard, or while the user rests, it returns null. Either way a relay is to be kicked after the commit.
CREATE OR REPLACE FUNCTION claim_for(uid uuid, offer jsonb) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  IF offer IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN claim_shard(offer, shard_of(uid));
END
$$;

-- claim_shard leases a shard with events and without a holder: the one that is wanted, or the one
-- that has waited longest. It returns {shard, more, events: […]}, or null when there is nothing
-- to do. more says that other shards wait. However many events one user has waiting, each
-- claim takes perUser of them at most, and claims go round the users of the shard, except those
-- that rest. The plans of its statements are kept, made when hardly an event waited or when nearly all
-- that waited were of one user: so none may read the table as a whole, and the order in which each reads
-- leaves it no index but outbox_of_user.
CREATE OR REPLACE FUNCTION claim_shard(offer jsonb, wanted int) RETURNS json LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  resting uuid[] := ARRAY(SELECT jsonb_array_elements_text(offer->'resting')::uuid);
  claimed event_lease;
  turn    uuid[];
BEGIN
  LOOP
    SELECT * INTO claimed FROM event_lease l
    WHERE l.until <= clock_timestamp() AND (wanted IS NULL OR l.shard = wanted) AND has_work(l.shard, resting)
    ORDER BY l.until LIMIT 1
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    turn := outbox_turn(claimed.shard, claimed.after_user, (offer->>'users')::int, resting);
    IF cardinality(turn) = 0 THEN -- the round is over
      turn := outbox_turn(claimed.shard, '00000000-0000-0000-0000-000000000000', (offer->>'users')::int, resting);
    END IF;
    EXIT WHEN cardinality(turn) > 0; -- else its holder has just emptied it
  END LOOP;
  UPDATE event_lease SET owner = offer->>'owner', until = clock_timestamp() + make_interval(secs => (offer->>'seconds')::float8),
    after_user = turn[cardinality(turn)]
  WHERE shard = claimed.shard;
  RETURN json_build_object(
    'shard', claimed.shard,
    'more', EXISTS (SELECT FROM event_lease l WHERE l.until <= clock_timestamp() AND has_work(l.shard, resting)),
    'events', (
      SELECT coalesce(json_agg(json_build_object(
        'position', e.position, 'userId', e.user_id, 'id', e.event_id, 'type', e.type,
        'subject', e.subject, 'at', e.at, 'traceparent', e.traceparent, 'data', e.text::json) ORDER BY e.position), '[]')
      FROM (
        SELECT o.*, sum(octet_length(o.text)) OVER (ORDER BY o.nth, o.user_id) - octet_length(o.text) AS bytes_before
        FROM unnest(turn) u (user_id)
        CROSS JOIN LATERAL (
          SELECT first.*, first.data::text AS text, row_number() OVER (ORDER BY first.position) AS nth
          FROM (
            SELECT * FROM outbox w WHERE w.shard = claimed.shard AND w.user_id BETWEEN u.user_id AND u.user_id
            ORDER BY w.user_id, w.position LIMIT (offer->>'perUser')::int) first) o
      ) e
      WHERE bytes_before < (offer->>'bytes')::bigint));
END
$$;

-- op_relay_settle {owner, shard, sent: [position, …]} forgets what Kafka has acknowledged
-- and gives the shard back, unless another owner has taken it over.
CREATE OR REPLACE FUNCTION op_relay_settle(args jsonb) RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  DELETE FROM outbox WHERE position = ANY (ARRAY(SELECT jsonb_array_elements_text(args->'sent')::bigint));
  UPDATE event_lease SET owner = '', until = now()
  WHERE shard = (args->>'shard')::int AND owner = args->>'owner';
  RETURN NULL;
END
$$;

-- has_work says whether somebody in a shard has events and does not rest.
CREATE OR REPLACE FUNCTION has_work(of_shard int, resting uuid[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF cardinality(resting) = 0 THEN
    RETURN (SELECT user_id FROM outbox WHERE shard = of_shard ORDER BY user_id LIMIT 1) IS NOT NULL;
  END IF;
  RETURN cardinality(outbox_turn(of_shard, '00000000-0000-0000-0000-000000000000', 1, resting)) > 0;
END
$$;

-- outbox_turn lists the users of a shard after one, in order, at most so many besides those that
-- rest: one step in the index for each, however many events they have.
CREATE OR REPLACE FUNCTION outbox_turn(of_shard int, after uuid, at_most int, resting uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH RECURSIVE turn (user_id, n) AS (
    (SELECT user_id, 1 FROM outbox WHERE shard = of_shard AND user_id > after ORDER BY user_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.user_id FROM outbox o WHERE o.shard = of_shard AND o.user_id > t.user_id ORDER BY o.user_id LIMIT 1), t.n + 1
    FROM turn t WHERE t.user_id IS NOT NULL AND t.n < at_most + cardinality(resting)
  )
  SELECT coalesce(array_agg(user_id ORDER BY user_id), '{}') FROM turn WHERE user_id IS NOT NULL AND user_id <> ALL (resting)
$$;

-- op_event_backlog says how many events wait, up to a bound, and for how many seconds the oldest has.
CREATE OR REPLACE FUNCTION op_event_backlog(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM adopt_waiting();
  RETURN (
    SELECT jsonb_build_object('waiting', count(*),
      'oldestSeconds', coalesce(extract(epoch FROM now() - (SELECT at FROM outbox ORDER BY position LIMIT 1)), 0))
    FROM (SELECT FROM outbox LIMIT 1000000) bounded);
END
$$;

-- adopt_waiting takes over events that the version before left in its own table: what
-- waited during an upgrade, and what its last transactions wrote meanwhile.
CREATE OR REPLACE FUNCTION adopt_waiting() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('event') IS NULL THEN
    RETURN;
  END IF;
  WITH left_behind AS (
    UPDATE event SET sent_at = now() WHERE sent_at IS NULL
    RETURNING user_id, event_id, type, subject, at, data, position
  )
  INSERT INTO outbox (shard, user_id, event_id, type, subject, at, data)
  SELECT shard_of(user_id), user_id, event_id, type, subject, at, data
  FROM left_behind ORDER BY position;
END
$$;
