-- The calendar of a user under a secret address.

CREATE OR REPLACE FUNCTION calendar_feed_json(f calendar_feed) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('createdAt', instant(f.created_at), 'lastReadAt', instant(f.last_read_at))
$$;

-- Makes the address, in place of the one before: {userId, by, sessionId, hash} -> feed.
CREATE OR REPLACE FUNCTION op_set_calendar_feed(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
  f   calendar_feed;
BEGIN
  PERFORM require_standing(args);
  INSERT INTO calendar_feed (user_id, hash, created_at)
  VALUES ((args->>'userId')::uuid, decode(args->>'hash', 'hex'), now())
  ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at, last_read_at = NULL
  RETURNING * INTO f;
  PERFORM record_change(act, 'account', 'calendar_opened', f.user_id, 1, NULL, NULL);
  RETURN calendar_feed_json(f);
END $$;

-- The address of a user, without its secret: {userId} -> feed, or NULL.
CREATE OR REPLACE FUNCTION op_get_calendar_feed(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT calendar_feed_json(f) FROM calendar_feed f WHERE f.user_id = (args->>'userId')::uuid
$$;

-- Ends the address of a user, if there is one: {userId, by, sessionId}.
CREATE OR REPLACE FUNCTION op_end_calendar_feed(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
BEGIN
  PERFORM require_standing(args);
  DELETE FROM calendar_feed WHERE user_id = (args->>'userId')::uuid;
  IF FOUND THEN
    PERFORM record_change(act, 'account', 'calendar_closed', (act->>'userId')::uuid, 1, NULL, NULL);
  END IF;
  RETURN '{}';
END $$;

-- What stands under an address: {hash, perHour, from, until, limit, notes} -> {limited, quota,
-- retryAfter} or {zone, tasks}, or NULL where there is no such address, as of a deleted account. Tasks are open, due from
-- one day to another, not in archived projects; the first by their dues, notes cut.
CREATE OR REPLACE FUNCTION op_read_calendar_feed(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  f       calendar_feed;
  hidden  uuid[];
  refused jsonb;
BEGIN
  SELECT * INTO f FROM calendar_feed WHERE hash = decode(args->>'hash', 'hex');
  IF NOT FOUND OR EXISTS (SELECT FROM erasure WHERE user_id = f.user_id) THEN
    RETURN NULL;
  END IF;
  refused := count_attempt('calendar feed', f.user_id::text, '1 hour', (args->>'perHour')::int);
  IF refused IS NOT NULL THEN
    RETURN refused;
  END IF;
  IF coalesce(f.last_read_at <= now() - interval '1 hour', true) THEN
    UPDATE calendar_feed SET last_read_at = now() WHERE user_id = (
      SELECT user_id FROM calendar_feed WHERE user_id = f.user_id AND hash = f.hash FOR UPDATE SKIP LOCKED);
  END IF;
  hidden := archived_projects(f.user_id);
  RETURN jsonb_build_object('zone', (SELECT zone FROM account WHERE id = f.user_id), 'tasks', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'version', t.version, 'title', t.title, 'notes', left(t.notes, (args->>'notes')::int),
      'due', due_doc(t), 'durationMinutes', t.duration_minutes, 'updatedAt', instant(t.updated_at)) ORDER BY t.due_order, t.priority, t.id), '[]')
    FROM (
      SELECT * FROM task o WHERE o.user_id = f.user_id AND o.deleted_at IS NULL AND o.completed_at IS NULL
        AND o.due_order >= (args->>'from')::timestamp AND o.due_order < (args->>'until')::timestamp
        AND (o.project_id IS NULL OR o.project_id <> ALL (hidden))
      ORDER BY o.due_order, o.priority, o.id LIMIT (args->>'limit')::int) t));
END $$;
