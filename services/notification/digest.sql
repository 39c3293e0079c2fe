-- Lists of what is due, which people get at a time of the day that they have chosen.

-- first_day is the first day from one on at whose time clocks in a zone have not been yet.
CREATE OR REPLACE FUNCTION first_day(from_day date, at time, zone text, moment timestamptz) RETURNS date
LANGUAGE plpgsql STABLE AS $$
DECLARE
  day date := greatest(from_day, (moment AT TIME ZONE zone)::date);
BEGIN
  RETURN CASE WHEN clock_at(day + at, zone) > moment THEN day ELSE day + 1 END;
END $$;

-- plan_digests has a person told of what is due at the times that are chosen now: of no day that has
-- been told of, and of none whose time is over. A zone that PostgreSQL does not know has no times.
CREATE OR REPLACE FUNCTION plan_digests(uid uuid, settings jsonb, moment timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO digests AS known (user_id, kind, zone, at, channels, day, next_at)
  SELECT uid, c.kind, here.zone, c.at, c.channels, d.day, clock_at(d.day + c.at, here.zone)
  FROM (VALUES ('digest', (settings->>'digestAt')::time, text_array(settings->'digestBy')),
    ('overdue', (settings->>'overdueAt')::time, text_array(settings->'overdueBy'))) c (kind, at, channels)
  CROSS JOIN (SELECT settings->>'zone' AS zone) here
  LEFT JOIN digests was ON was.user_id = uid AND was.kind = c.kind
  CROSS JOIN LATERAL first_day(coalesce(was.day, '-infinity'), c.at, here.zone, moment) d (day)
  WHERE c.channels IS NOT NULL AND (cardinality(c.channels) > 0 OR was.kind IS NOT NULL)
  ON CONFLICT (user_id, kind) DO UPDATE SET zone = excluded.zone, at = excluded.at, channels = excluded.channels, day = excluded.day, next_at = excluded.next_at
  WHERE (known.zone, known.at, known.channels) IS DISTINCT FROM (excluded.zone, excluded.at, excluded.channels);
  UPDATE notices n SET state = 'failed', error = 'it was switched off' FROM digests d
  WHERE n.user_id = uid AND n.state = 'pending' AND n.day IS NOT NULL AND d.user_id = uid AND d.kind = n.kind
    AND NOT CASE WHEN n.subscription IS NULL THEN 'email' ELSE 'push' END = ANY (d.channels);
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN;
END $$;

-- op_issue_digests sets up what is due to be told now, and when each person is told next. Of days that are
-- over nobody is told any more. What is set up has an id that follows from the person, the kind, the day
-- and the browser: whatever happens, there is one. args: now, mail (whether mail goes out), limit -> {due}.
CREATE OR REPLACE FUNCTION op_issue_digests(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz := args->>'now';
  d      digests;
  last   date;
  due    integer := 0;
BEGIN
  FOR d IN
    SELECT * FROM digests WHERE cardinality(channels) > 0 AND next_at <= moment
    ORDER BY next_at LIMIT (args->>'limit')::integer FOR UPDATE SKIP LOCKED
  LOOP
    last := first_day(d.day, d.at, d.zone, moment) - 1; -- the last day whose time has come
    IF last = (moment AT TIME ZONE d.zone)::date THEN
      PERFORM add_digest(d, last, (args->>'mail')::boolean);
    END IF;
    UPDATE digests SET day = last + 1, next_at = clock_at(last + 1 + d.at, d.zone) WHERE user_id = d.user_id AND kind = d.kind;
    due := due + 1;
  END LOOP;
  RETURN jsonb_build_object('due', due);
END $$;

-- add_digest sets up a notice for each way by which a person is told of a day.
CREATE OR REPLACE FUNCTION add_digest(d digests, of_day date, mail boolean) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO notices (id, user_id, kind, day, subscription, state, asked_at, next_attempt_at)
  SELECT md5(concat_ws('/', d.user_id, d.kind, of_day, way.subscription))::uuid, d.user_id, d.kind, of_day, way.subscription,
    'pending', clock_at(of_day + d.at, d.zone), now()
  FROM (
    SELECT NULL::uuid AS subscription WHERE mail AND 'email' = ANY (d.channels)
    UNION ALL
    SELECT s.id FROM push_subscriptions s WHERE s.user_id = d.user_id AND 'push' = ANY (d.channels)) way
  WHERE NOT is_departed(d.user_id)
  ON CONFLICT DO NOTHING
$$;

-- list_held is until when quiet hours hold a list that was delayed into them; NULL: it may go. One whose
-- time lies in quiet hours goes in those: its person wants it then. A list that is held until after its
-- day is not needed any more by then.
CREATE OR REPLACE FUNCTION list_held(n notices) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN ends IS DISTINCT FROM quiet_end(chosen->'quietHours', chosen->>'zone', n.asked_at) THEN ends END
  FROM settings_of(n.user_id) chosen, quiet_end(chosen->'quietHours', chosen->>'zone', now()) ends
$$;

-- hold_lists puts off some of the lists that are due and held.
CREATE OR REPLACE FUNCTION hold_lists() RETURNS void
LANGUAGE sql AS $$
  WITH due AS (
    SELECT id, list_held(n) AS held FROM notices n
    WHERE state = 'pending' AND next_attempt_at <= now() AND day IS NOT NULL AND list_held(n) IS NOT NULL
    LIMIT 500 FOR UPDATE SKIP LOCKED)
  UPDATE notices n SET held_until = held, next_attempt_at = held FROM due WHERE n.id = due.id
$$;

-- op_claim_digest_pushes leases notices for browsers that are due, in the shape of op_claim_pushes.
-- args: lease (seconds), limit.
CREATE OR REPLACE FUNCTION op_claim_digest_pushes(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT hold_lists();
  WITH claimed AS (
    UPDATE notices SET attempts = attempts + 1, next_attempt_at = lease_end(args)
    WHERE id IN (
      SELECT id FROM notices n WHERE state = 'pending' AND next_attempt_at <= now() AND subscription IS NOT NULL AND list_held(n) IS NULL
      ORDER BY next_attempt_at LIMIT (args->>'limit')::integer
      FOR UPDATE SKIP LOCKED)
    RETURNING *)
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'userId', n.user_id, 'reminder', n.id, 'version', 1, 'subscription', n.subscription, 'attempt', n.attempts,
    'firedAt', coalesce(n.held_until, n.asked_at), 'fireAt', coalesce(n.held_until, n.asked_at), 'reminderId', n.id, 'title', n.kind, 'day', n.day,
    'to', jsonb_build_object('endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth)) ORDER BY n.asked_at), '[]')
  FROM claimed n JOIN push_subscriptions s ON s.id = n.subscription
$$;

-- op_record_digest_push is op_record_push for notices, of which nobody is told.
CREATE OR REPLACE FUNCTION op_record_digest_push(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid    uuid    := args->>'userId';
  device uuid    := args->>'subscription';
  well   boolean := args->>'outcome' = 'delivered';
BEGIN
  IF args->>'outcome' = 'gone' THEN
    DELETE FROM push_subscriptions WHERE id = device AND user_id = uid; -- and with it its messages
    RETURN '{}';
  END IF;
  UPDATE push_subscriptions SET error = args->>'error', sent_at = CASE WHEN well THEN now() ELSE sent_at END
  WHERE id = device AND user_id = uid AND args->>'outcome' <> 'unneeded';
  UPDATE notices SET error = args->>'error',
    state = CASE WHEN well THEN 'sent' WHEN args->>'retryAt' IS NULL THEN 'failed' ELSE 'pending' END,
    next_attempt_at = coalesce((args->>'retryAt')::timestamptz, next_attempt_at)
  WHERE id = (args->>'reminder')::uuid AND user_id = uid
    AND (well AND state <> 'sent' OR state = 'pending' AND attempts = (args->>'attempt')::integer);
  RETURN '{}';
END $$;
