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

-- add_pushes sets up sending a reminder that fires to each subscription of its user; quiet hours put it
-- off until held.
CREATE OR REPLACE FUNCTION add_pushes(r reminders, at timestamptz, held timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO push_deliveries (reminder, version, subscription, user_id, state, fired_at, next_attempt_at, held_until)
  SELECT r.id, r.version, s.id, r.user_id, 'pending', coalesce(held, at), coalesce(held, at), held FROM push_subscriptions s WHERE s.user_id = r.user_id ORDER BY s.id
  ON CONFLICT DO NOTHING;
$$;

-- op_claim_pushes leases pending messages that are due and may go now. The others among them are
-- cancelled or put off. Those come first to browsers of which the last attempt went well, and a user of
-- whom some are under way waits: slow ones leave the others their turn.
-- args: lease (seconds), limit, user, anHour? (messages to one person).
CREATE OR REPLACE FUNCTION op_claim_pushes(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  due     record;
  v       record;
  goes    boolean;
  claimed jsonb[] := '{}';
BEGIN
  PERFORM lock_rates('push');
  FOR due IN
    SELECT d, r, s FROM push_deliveries d JOIN push_subscriptions s ON s.id = d.subscription JOIN reminders r ON r.id = d.reminder
    WHERE d.state = 'pending' AND d.next_attempt_at <= now()
      AND (SELECT count(*) FROM push_deliveries u WHERE u.user_id = d.user_id AND u.leased_until > now()) < (args->>'user')::integer
    ORDER BY s.error <> '', d.next_attempt_at LIMIT 500
    FOR UPDATE OF d SKIP LOCKED
  LOOP
    EXIT WHEN cardinality(claimed) = (args->>'limit')::integer;
    v := verdict(due.r, 'push', (due.d).counted, (args->>'anHour')::integer);
    goes := NOT v.cancelled AND coalesce(v.held, v.place, now()) <= now();
    UPDATE push_deliveries d SET state = CASE WHEN v.cancelled THEN 'cancelled' ELSE d.state END,
      held_until = coalesce(v.held, d.held_until), counted = d.counted OR v.place IS NOT NULL,
      fired_at = CASE d.attempts WHEN 0 THEN coalesce(v.held, d.fired_at) ELSE d.fired_at END,
      attempts = d.attempts + goes::integer, leased_until = CASE WHEN goes THEN lease_end(args) END,
      next_attempt_at = CASE WHEN goes THEN lease_end(args) ELSE coalesce(v.held, v.place, now()) END
    WHERE d.reminder = (due.d).reminder AND d.version = (due.d).version AND d.subscription = (due.d).subscription AND d.user_id = (due.d).user_id;
    IF goes THEN
      claimed := claimed || jsonb_build_object(
        'userId', (due.d).user_id, 'reminder', (due.d).reminder, 'version', (due.d).version, 'subscription', (due.d).subscription,
        'attempt', (due.d).attempts + 1, 'firedAt', (due.d).fired_at, 'fireAt', meant_at(due.r, (due.d).held_until, (due.d).fired_at),
        'reminderId', (due.r).reminder_id, 'taskId', (due.r).task_id, 'title', (due.r).title, 'due', (due.r).due,
        'to', jsonb_build_object('endpoint', (due.s).endpoint, 'p256dh', (due.s).p256dh, 'auth', (due.s).auth));
    END IF;
  END LOOP;
  RETURN to_jsonb(claimed);
END $$;

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
    next_attempt_at = coalesce(retry, next_attempt_at), leased_until = NULL, error = coalesce(args->>'error', '')
  WHERE reminder = (args->>'reminder')::uuid AND version = (args->>'version')::integer AND subscription = device AND user_id = uid
    AND (well AND state <> 'sent' OR state = 'pending' AND attempts = (args->>'attempt')::integer)
  RETURNING state INTO v_state;
  IF v_state IN ('sent', 'failed') THEN
    PERFORM tell(r, 'reminder.' || v_state, 'push', nullif(args->>'error', '')) FROM reminders r WHERE r.id = (args->>'reminder')::uuid;
  END IF;
  RETURN '{}';
END $$;
