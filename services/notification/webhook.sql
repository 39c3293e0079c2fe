-- Webhooks, and what is sent to them.

-- op_save_webhooks makes the copies of a user's webhooks what todo-api said when the user's feed was
-- at asOf, unless it was asked later already. What waits for one that is disabled is given up.
-- args: userId, asOf, webhooks [{id, version, since, url, types, enabled, format?, secret, formerSecret, formerUntil}].
CREATE OR REPLACE FUNCTION op_save_webhooks(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid := args->>'userId';
  told jsonb := coalesce(args->'webhooks', '[]');
BEGIN
  INSERT INTO people AS known (user_id, webhooks_as_of) SELECT uid, (args->>'asOf')::bigint WHERE NOT is_departed(uid)
  ON CONFLICT (user_id) DO UPDATE SET webhooks_as_of = excluded.webhooks_as_of WHERE coalesce(known.webhooks_as_of <= excluded.webhooks_as_of, true);
  IF NOT FOUND THEN
    RETURN '{}';
  END IF;
  INSERT INTO webhooks AS known (id, user_id, version, since, url, types, enabled, format, secret, former_secret, former_until)
  SELECT (w->>'id')::uuid, uid, (w->>'version')::bigint, (w->>'since')::bigint, w->>'url', ARRAY(SELECT jsonb_array_elements_text(w->'types')),
    (w->>'enabled')::boolean, coalesce(w->>'format', 'todoplatform'), w->>'secret', w->>'formerSecret', (w->>'formerUntil')::timestamptz
  FROM jsonb_array_elements(told) w ORDER BY 1
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, since = excluded.since, url = excluded.url, types = excluded.types,
    enabled = excluded.enabled, format = excluded.format, secret = excluded.secret, former_secret = excluded.former_secret, former_until = excluded.former_until,
    failing_since = CASE WHEN known.enabled AND excluded.enabled THEN known.failing_since END
  WHERE known.user_id = excluded.user_id;
  DELETE FROM webhooks WHERE user_id = uid AND NOT id = ANY (ARRAY(SELECT (w->>'id')::uuid FROM jsonb_array_elements(told) w));
  UPDATE webhook_deliveries d SET state = 'failed', error = 'the webhook was disabled', leased_until = NULL
  FROM webhooks w WHERE w.user_id = uid AND NOT w.enabled AND d.webhook_id = w.id AND d.state = 'waiting'
    AND coalesce(d.leased_until <= now(), true); -- what is under way ends with its attempt
  RETURN '{}';
END $$;

-- op_add_webhook_deliveries sets up sending one change to webhooks of its user, once for each. One
-- for which too many wait is dropped: of it is kept that it was.
-- args: userId, webhookIds, eventId, type, seq, changedAt, format?, body, most -> {dropped}.
CREATE OR REPLACE FUNCTION op_add_webhook_deliveries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  dropped integer;
BEGIN
  WITH added AS (
    INSERT INTO webhook_deliveries (id, webhook_id, user_id, event_id, type, seq, changed_at, format, state, body)
    SELECT new_event_id(), w.id, w.user_id, (args->>'eventId')::uuid, args->>'type', (args->>'seq')::bigint, (args->>'changedAt')::timestamptz,
      coalesce(args->>'format', 'todoplatform'), CASE WHEN full_up THEN 'dropped' ELSE 'waiting' END, CASE WHEN full_up THEN '' ELSE args->>'body' END
    FROM webhooks w, LATERAL (SELECT waiting_for(w.id, (args->>'most')::integer) = (args->>'most')::integer AS full_up) f
    WHERE w.user_id = (args->>'userId')::uuid AND w.enabled
      AND w.id = ANY (ARRAY(SELECT jsonb_array_elements_text(args->'webhookIds')::uuid))
    ON CONFLICT (webhook_id, event_id) DO NOTHING
    RETURNING state)
  SELECT count(*) INTO dropped FROM added WHERE state = 'dropped';
  RETURN jsonb_build_object('dropped', dropped);
END $$;

-- waiting_for counts the deliveries that wait for a webhook, up to a number.
CREATE OR REPLACE FUNCTION waiting_for(hook uuid, most integer) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT count(*)::integer FROM (SELECT FROM webhook_deliveries WHERE webhook_id = hook AND state = 'waiting' LIMIT most) waiting
$$;

-- under_way counts the attempts of a webhook whose leases last.
CREATE OR REPLACE FUNCTION under_way(hook uuid) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT count(*)::integer FROM webhook_deliveries WHERE webhook_id = hook AND leased_until > now()
$$;

-- under_way_of counts the attempts of all webhooks of a user whose leases last.
CREATE OR REPLACE FUNCTION under_way_of(uid uuid) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(under_way(w.id)), 0)::integer FROM webhooks w WHERE w.user_id = uid
$$;

-- op_claim_webhook_deliveries leases deliveries that are due: of each webhook no more than may be
-- under way, and of each user. Those come first of which the last attempt went well, and then those
-- that wait longest. An answer ends early when it grows past some bytes, so that it fits into one message.
-- args: lease (seconds), limit, each, user, bytes -> [delivery].
CREATE OR REPLACE FUNCTION op_claim_webhook_deliveries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  each    integer := args->>'each';
  of_user integer := coalesce(args->>'user', args->>'limit'); -- the version before names none
  room    integer := args->>'limit';
  bytes   bigint := args->>'bytes';
  hook    webhooks;
  claimed jsonb := '[]';
  batch   jsonb;
BEGIN
  -- The lock has another replica pass over the webhook, so that the count below is right.
  FOR hook IN
    SELECT w.* FROM webhooks w CROSS JOIN LATERAL (
      SELECT d.next_attempt_at FROM webhook_deliveries d
      WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.next_attempt_at <= now() AND coalesce(d.leased_until <= now(), true)
      ORDER BY d.next_attempt_at LIMIT 1) first
    WHERE w.enabled AND under_way(w.id) < each AND under_way_of(w.user_id) < of_user
    ORDER BY w.failing_since IS NOT NULL, first.next_attempt_at LIMIT room FOR NO KEY UPDATE OF w SKIP LOCKED
  LOOP
    WITH leased AS (
      UPDATE webhook_deliveries SET attempts = attempts + 1, leased_until = lease_end(args)
      WHERE id IN (
        SELECT d.id FROM webhook_deliveries d
        WHERE d.webhook_id = hook.id AND d.state = 'waiting' AND d.next_attempt_at <= now() AND coalesce(d.leased_until <= now(), true)
        ORDER BY d.next_attempt_at LIMIT greatest(least(each - under_way(hook.id), of_user - under_way_of(hook.user_id), room), 0) FOR UPDATE SKIP LOCKED)
      RETURNING *)
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'userId', user_id, 'webhookId', webhook_id, 'eventId', event_id, 'attempt', attempts,
      'changedAt', changed_at, 'format', format, 'body', body, 'url', hook.url, 'webhookVersion', hook.version,
      'secrets', to_jsonb(array_remove(ARRAY[hook.secret, CASE WHEN hook.former_until > now() THEN hook.former_secret END], NULL)))), '[]')
    INTO batch FROM leased;
    claimed := claimed || batch;
    room := room - jsonb_array_length(batch);
    bytes := bytes - octet_length(batch::text);
    EXIT WHEN room <= 0 OR bytes <= 0;
  END LOOP;
  RETURN claimed;
END $$;

-- op_record_webhook_attempt notes what an attempt found. One that went well ends the delivery,
-- whoever holds its lease by now; one that did not puts it off until retryAt, or gives it up when
-- that is null or the webhook is disabled, if it holds the lease. Since when all of the webhook's fail, it returns.
-- args: userId, id, webhookId, attempt, delivered, status, durationMs, error, retryAt -> {failingSince}.
CREATE OR REPLACE FUNCTION op_record_webhook_attempt(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  well  boolean := args->>'delivered';
  retry timestamptz := args->>'retryAt';
  hook  webhooks;
BEGIN
  SELECT * INTO hook FROM webhooks -- first the webhook, then its delivery, as every operation locks
  WHERE id = (args->>'webhookId')::uuid AND user_id = (args->>'userId')::uuid FOR NO KEY UPDATE;
  UPDATE webhook_deliveries SET
    state = CASE WHEN well THEN 'delivered' WHEN retry IS NULL OR NOT hook.enabled THEN 'failed' ELSE 'waiting' END,
    next_attempt_at = coalesce(retry, next_attempt_at), leased_until = NULL,
    attempted_at = now(), status = (args->>'status')::integer, duration_ms = (args->>'durationMs')::integer, error = args->>'error'
  WHERE id = (args->>'id')::uuid AND user_id = hook.user_id
    AND (well OR state = 'waiting' AND attempts = (args->>'attempt')::integer AND leased_until IS NOT NULL);
  IF well <> (hook.failing_since IS NULL) THEN
    UPDATE webhooks SET failing_since = CASE WHEN NOT well THEN now() END WHERE id = hook.id RETURNING * INTO hook;
  END IF;
  RETURN jsonb_build_object('failingSince', hook.failing_since);
END $$;

-- webhook_delivery_json is a delivery as its user sees it.
CREATE OR REPLACE FUNCTION webhook_delivery_json(d webhook_deliveries) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', d.id, 'webhookId', d.webhook_id, 'eventId', d.event_id, 'type', d.type, 'seq', d.seq, 'state', d.state,
    'createdAt', instant(d.created_at), 'attempts', d.attempts, 'attemptedAt', instant(d.attempted_at), 'status', d.status,
    'durationMs', d.duration_ms, 'error', d.error, 'nextAttemptAt', CASE WHEN d.state = 'waiting' THEN instant(d.next_attempt_at) END)
$$;

-- op_list_webhook_deliveries is a page of the log of a webhook, the newest first.
-- args: userId, webhookId, before, limit -> {items, next}.
CREATE OR REPLACE FUNCTION op_list_webhook_deliveries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  most  integer := args->>'limit';
  found webhook_deliveries[] := ARRAY(
    SELECT d FROM webhook_deliveries d
    WHERE d.webhook_id = (args->>'webhookId')::uuid AND d.user_id = (args->>'userId')::uuid
      AND d.id < coalesce((args->>'before')::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY d.id DESC LIMIT most + 1);
BEGIN
  RETURN jsonb_build_object(
    'items', (SELECT coalesce(jsonb_agg(webhook_delivery_json(d) ORDER BY d.id DESC), '[]') FROM unnest(found[:most]) d),
    'next', CASE WHEN cardinality(found) > most THEN (found[most]).id ELSE NULL END);
END $$;

-- op_replay_webhook_delivery has a delivery begin anew, unless an attempt is under way.
-- args: userId, webhookId, deliveryId -> delivery.
CREATE OR REPLACE FUNCTION op_replay_webhook_delivery(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  d webhook_deliveries;
BEGIN
  SELECT * INTO d FROM webhook_deliveries
  WHERE id = (args->>'deliveryId')::uuid AND webhook_id = (args->>'webhookId')::uuid AND user_id = (args->>'userId')::uuid FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such delivery');
  ELSIF d.state = 'dropped' THEN
    PERFORM fail('conflict', '', 'the delivery was dropped, and nothing of it is kept; read the change in the feed');
  ELSIF NOT EXISTS (SELECT FROM webhooks WHERE id = d.webhook_id AND enabled) THEN
    PERFORM fail('conflict', '', 'the webhook is disabled; enable it first');
  ELSIF d.leased_until > now() THEN
    RETURN webhook_delivery_json(d);
  END IF;
  UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next_attempt_at = now(), leased_until = NULL WHERE id = d.id RETURNING * INTO d;
  RETURN webhook_delivery_json(d);
END $$;

-- op_count_webhook_deliveries counts those that wait. args: none.
CREATE OR REPLACE FUNCTION op_count_webhook_deliveries(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(count(*)) FROM webhook_deliveries WHERE state = 'waiting'
$$;

-- op_prune_webhook_deliveries forgets those that are over. args: before, limit -> {more}.
CREATE OR REPLACE FUNCTION op_prune_webhook_deliveries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned integer;
BEGIN
  DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE state <> 'waiting' AND created_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::integer FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::integer);
END $$;
