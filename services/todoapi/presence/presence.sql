-- Where people are connected. A replica of realtime-sync tells of the connections that it holds, and
-- learns of those of the same people at others.

-- Renews the lease of a replica, notes the connections of some users there, and returns those that
-- these users have elsewhere, and all others of whom it holds a connection as far as theirs elsewhere
-- have changed since it last asked: {replica, leaseSeconds, since, users: [{userId, devices}], limit}
-- -> {lost, since, users: [{userId, devices}]}. Without since a replica is new. One whose lease ran
-- out is lost, and comes again as a new one. limit is more users than one transaction writes.
CREATE OR REPLACE FUNCTION op_share_presence(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  me      uuid := args->>'replica';
  began   timestamptz := clock_timestamp();
  good    timestamptz := began + make_interval(secs => (args->>'leaseSeconds')::int);
  unseen  xid8;
  changed record;
BEGIN
  UPDATE presence_lease SET until = good WHERE replica = me AND until > began;
  IF NOT FOUND THEN
    IF args ? 'since' THEN
      RETURN '{"lost": true}';
    END IF;
    INSERT INTO presence_lease (replica, until) VALUES (me, good);
  END IF;
  PERFORM end_lost_presence(began, (args->>'limit')::int - 1);

  INSERT INTO presence (user_id, replica, devices, changed_in, ended_at)
  SELECT a.id, me, u->'devices', pg_current_xact_id(), CASE u->'devices' WHEN '[]' THEN began END
  FROM jsonb_array_elements(args->'users') u JOIN account a ON a.id = (u->>'userId')::uuid
  WHERE u->'devices' <> '[]' OR EXISTS (SELECT FROM presence WHERE user_id = a.id AND replica = me)
  ORDER BY a.id
  ON CONFLICT (user_id, replica) DO UPDATE
  SET devices = excluded.devices, changed_in = excluded.changed_in, ended_at = excluded.ended_at;

  unseen := pg_snapshot_xmin(pg_current_snapshot());
  SELECT array_agg(c.user_id) AS users, max(c.changed_in) AS last, count(*) = (args->>'limit')::int AS more INTO changed
  FROM (
    SELECT p.user_id, p.changed_in FROM presence p
    JOIN presence mine ON mine.user_id = p.user_id AND mine.replica = me AND mine.ended_at IS NULL
    WHERE p.replica <> me AND p.changed_in >= (args->>'since')::xid8
    ORDER BY p.changed_in LIMIT (args->>'limit')::int
  ) c;
  RETURN jsonb_build_object('lost', false,
    'since', CASE WHEN changed.more THEN changed.last ELSE unseen END::text,
    'users', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('userId', w.user_id, 'devices', devices_elsewhere(w.user_id, me))), '[]')
      FROM (
        SELECT unnest(changed.users) AS user_id
        UNION SELECT (u->>'userId')::uuid FROM jsonb_array_elements(args->'users') u
      ) w));
END $$;

-- The connections of a user that other replicas hold.
CREATE OR REPLACE FUNCTION devices_elsewhere(uid uuid, me uuid) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(device), '[]')
  FROM presence, jsonb_array_elements(devices) device
  WHERE user_id = uid AND replica <> me
$$;

-- Ends up to at_most of the connections of a replica whose lease has run out: it died.
CREATE OR REPLACE FUNCTION end_lost_presence(moment timestamptz, at_most int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  dead  uuid;
  ended int;
BEGIN
  SELECT replica INTO dead FROM presence_lease WHERE until <= moment LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE presence SET devices = '[]', changed_in = pg_current_xact_id(), ended_at = moment
  WHERE replica = dead AND user_id IN (SELECT user_id FROM presence WHERE replica = dead AND ended_at IS NULL LIMIT at_most);
  GET DIAGNOSTICS ended = ROW_COUNT;
  IF ended < at_most THEN
    DELETE FROM presence_lease WHERE replica = dead;
  END IF;
END $$;

-- Forgets connections that ended before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_presence(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM presence WHERE (user_id, replica) IN (
    SELECT user_id, replica FROM presence WHERE ended_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
