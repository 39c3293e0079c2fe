-- Browsers that people have subscribed with, and what is sent to them.

-- push_subscription_json is a subscription as its user sees it: nothing of its keys.
CREATE OR REPLACE FUNCTION push_subscription_json(s push_subscriptions) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', s.id, 'name', s.name, 'endpoint', s.endpoint, 'createdAt', instant(s.created_at), 'sentAt', instant(s.sent_at), 'error', s.error)
$$;

-- op_list_push_subscriptions lists those of a user, the oldest first. args: userId -> {items}.
CREATE OR REPLACE FUNCTION op_list_push_subscriptions(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('items', coalesce(jsonb_agg(push_subscription_json(s) ORDER BY s.created_at, s.id), '[]'))
  FROM push_subscriptions s WHERE s.user_id = (args->>'userId')::uuid
$$;

-- op_save_push_subscription adds a subscription, or keeps the keys and the name that it has now. One
-- of somebody else goes, with what waits for it, if both know its secret: then it is the same browser.
-- args: userId, endpoint, p256dh, auth, name, most -> subscription.
CREATE OR REPLACE FUNCTION op_save_push_subscription(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid    := args->>'userId';
  most integer := args->>'most';
  s    push_subscriptions;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('push of ' || uid, 0)); -- so that the count below is right
  IF is_departed(uid) THEN
    PERFORM fail('not_found', '', 'there is no such user');
  ELSIF (SELECT count(*) FROM push_subscriptions WHERE user_id = uid AND endpoint <> args->>'endpoint') >= most THEN
    PERFORM fail('conflict', '', format('there are %s devices already, as many as an account may have; remove one first', most));
  END IF;
  DELETE FROM push_subscriptions WHERE endpoint = args->>'endpoint' AND user_id <> uid AND auth = args->>'auth';
  INSERT INTO push_subscriptions AS known (user_id, endpoint, p256dh, auth, name)
  VALUES (uid, args->>'endpoint', args->>'p256dh', args->>'auth', args->>'name')
  ON CONFLICT (endpoint) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth, name = excluded.name, error = ''
  WHERE known.user_id = excluded.user_id
  RETURNING * INTO s;
  IF NOT FOUND THEN
    PERFORM fail('conflict', 'endpoint', 'another browser has this endpoint');
  END IF;
  RETURN push_subscription_json(s);
END $$;

-- op_delete_push_subscription ends a subscription, with what waits for it. args: userId, id.
CREATE OR REPLACE FUNCTION op_delete_push_subscription(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM push_subscriptions WHERE id = (args->>'id')::uuid AND user_id = (args->>'userId')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such device');
  END IF;
  RETURN '{}';
END $$;

-- add_pushes sets up sending a reminder that fires to each subscription of its user.
CREATE OR REPLACE FUNCTION add_pushes(r reminders, at timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO push_deliveries (reminder, version, subscription, user_id, state, fired_at, next_attempt_at)
  SELECT r.id, r.version, s.id, r.user_id, 'pending', at, at FROM push_subscriptions s WHERE s.user_id = r.user_id ORDER BY s.id
  ON CONFLICT DO NOTHING;
$$;

-- op_claim_pushes leases pending messages that are due. Those come first to browsers of which the last
-- attempt went well, and a user of whom some are under way waits: slow ones leave the others their turn.
-- args: lease (seconds), limit, user.
CREATE OR REPLACE FUNCTION op_claim_pushes(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  WITH due AS (
    SELECT d.reminder, d.version, d.subscription
    FROM push_deliveries d JOIN push_subscriptions s ON s.id = d.subscription
    WHERE d.state = 'pending' AND d.next_attempt_at <= now()
      AND (SELECT count(*) FROM push_deliveries u WHERE u.user_id = d.user_id AND u.leased_until > now()) < (args->>'user')::integer
    ORDER BY s.error <> '', d.next_attempt_at LIMIT (args->>'limit')::integer
    FOR UPDATE OF d SKIP LOCKED),
  claimed AS (
    UPDATE push_deliveries d SET attempts = attempts + 1, next_attempt_at = lease_end(args), leased_until = lease_end(args)
    FROM due WHERE d.reminder = due.reminder AND d.version = due.version AND d.subscription = due.subscription
    RETURNING d.*)
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'userId', d.user_id, 'reminder', d.reminder, 'version', d.version, 'subscription', d.subscription, 'attempt', d.attempts,
    'firedAt', d.fired_at, 'fireAt', r.fire_at, 'reminderId', r.reminder_id, 'taskId', r.task_id, 'title', r.title, 'due', r.due,
    'to', jsonb_build_object('endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth)) ORDER BY d.fired_at), '[]')
  FROM claimed d JOIN reminders r ON r.id = d.reminder JOIN push_subscriptions s ON s.id = d.subscription;
$$;

-- op_record_push notes what an attempt found. One that went well ends the message, whoever holds its
-- lease by now; one that did not puts it off until retryAt, or gives it up when that is null, if it
-- holds the lease. A subscription that is gone goes, and nobody is told: its browser has wanted that.
-- args: userId, reminder, version, subscription, attempt, outcome, error, retryAt.
CREATE OR REPLACE FUNCTION op_record_push(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid     uuid        := args->>'userId';
  device  uuid        := args->>'subscription';
  well    boolean     := args->>'outcome' = 'delivered';
  retry   timestamptz := args->>'retryAt';
  v_state text;
BEGIN
  IF args->>'outcome' = 'gone' THEN
    DELETE FROM push_subscriptions WHERE id = device AND user_id = uid; -- and with it its messages
    RETURN '{}';
  END IF;
  -- First the subscription, then its messages, and at last the user's outbox, which tell locks.
  UPDATE push_subscriptions SET error = args->>'error', sent_at = CASE WHEN well THEN now() ELSE sent_at END
  WHERE id = device AND user_id = uid;
  UPDATE push_deliveries SET state = CASE WHEN well THEN 'sent' WHEN retry IS NULL THEN 'failed' ELSE 'pending' END,
    next_attempt_at = coalesce(retry, next_attempt_at), leased_until = NULL
  WHERE reminder = (args->>'reminder')::uuid AND version = (args->>'version')::integer AND subscription = device AND user_id = uid
    AND (well AND state <> 'sent' OR state = 'pending' AND attempts = (args->>'attempt')::integer)
  RETURNING state INTO v_state;
  IF v_state IN ('sent', 'failed') THEN
    PERFORM tell(r, 'reminder.' || v_state, 'push', nullif(args->>'error', '')) FROM reminders r WHERE r.id = (args->>'reminder')::uuid;
  END IF;
  RETURN '{}';
END $$;
