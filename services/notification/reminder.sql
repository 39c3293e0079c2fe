-- op_apply_change makes the reminders of one task what its newest change says.
-- args: userId, taskId, seq, title, due, projectId, notify, priority, firings [{reminderId, at}], earliest, now.
-- An older change than the one applied last is ignored. A reminder whose time is new is set
-- if that time is not before earliest. Reminders that are gone are cancelled.
CREATE OR REPLACE FUNCTION op_apply_change(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_user     uuid        := args->>'userId';
  v_task     uuid        := args->>'taskId';
  v_now      timestamptz := args->>'now';
  v_earliest timestamptz := args->>'earliest';
  v_due      jsonb       := nullif(args->'due', 'null');
  v_project  uuid        := args->>'projectId';
  v_notify   text[]      := text_array(args->'notify');
  v_priority smallint    := args->>'priority';
  v_firing   record;
  v_row      reminders;
  v_set      integer     := 0;
BEGIN
  IF is_departed(v_user) THEN
    RETURN jsonb_build_object('stale', true, 'set', 0);
  END IF;
  PERFORM lock_reminders(v_user);
  INSERT INTO task_versions AS known (user_id, task_id, seq, applied_at)
  VALUES (v_user, v_task, (args->>'seq')::bigint, v_now)
  ON CONFLICT (user_id, task_id) DO UPDATE SET seq = excluded.seq, applied_at = excluded.applied_at
  WHERE known.seq < excluded.seq;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('stale', true, 'set', 0);
  END IF;
  -- Every operation locks in this order: the user (lock_reminders), reminders, deliveries, and at last
  -- the user's outbox, which tell locks. So no two of them can wait for each other.
  PERFORM FROM reminders WHERE user_id = v_user AND task_id = v_task ORDER BY id FOR UPDATE;
  PERFORM FROM deliveries d JOIN reminders r ON r.id = d.reminder
  WHERE r.user_id = v_user AND r.task_id = v_task ORDER BY d.reminder, d.version FOR UPDATE OF d;
  PERFORM FROM push_deliveries d JOIN reminders r ON r.id = d.reminder
  WHERE r.user_id = v_user AND r.task_id = v_task AND d.state = 'pending' ORDER BY d.subscription, d.reminder, d.version FOR UPDATE OF d;

  FOR v_row IN
    SELECT * FROM reminders r
    WHERE r.user_id = v_user AND r.task_id = v_task
      AND NOT EXISTS (SELECT FROM jsonb_array_elements(args->'firings') f WHERE f->>'reminderId' = r.reminder_id)
  LOOP
    PERFORM cancel_reminder(v_row, v_now);
  END LOOP;

  FOR v_firing IN
    SELECT f->>'reminderId' AS id, (f->>'at')::timestamptz AS at
    FROM jsonb_array_elements(args->'firings') f ORDER BY 1
  LOOP
    SELECT * INTO v_row FROM reminders
    WHERE user_id = v_user AND task_id = v_task AND reminder_id = v_firing.id;
    IF v_row.fire_at = v_firing.at AND (v_row.state <> 'cancelled' OR v_firing.at < v_earliest) THEN
      UPDATE reminders SET title = args->>'title', due = v_due, project_id = v_project, notify = v_notify, priority = v_priority, updated_at = v_now WHERE id = v_row.id;
      CONTINUE;
    END IF;
    IF v_firing.at < v_earliest THEN
      IF v_row.id IS NOT NULL THEN
        PERFORM cancel_reminder(v_row, v_now);
      END IF;
      CONTINUE;
    END IF;
    INSERT INTO reminders AS known (user_id, task_id, reminder_id, fire_at, title, due, project_id, notify, priority, state, updated_at)
    VALUES (v_user, v_task, v_firing.id, v_firing.at, args->>'title', v_due, v_project, v_notify, v_priority, 'scheduled', v_now)
    ON CONFLICT (user_id, task_id, reminder_id) DO UPDATE
    SET version = known.version + 1, fire_at = excluded.fire_at, title = excluded.title, due = excluded.due, project_id = excluded.project_id,
      notify = excluded.notify, priority = excluded.priority,
      state = 'scheduled', arming_until = '-infinity', updated_at = v_now
    RETURNING * INTO v_row;
    PERFORM cancel_deliveries(v_row);
    PERFORM tell(v_row, 'reminder.scheduled');
    v_set := v_set + 1;
  END LOOP;
  RETURN jsonb_build_object('stale', false, 'set', v_set);
END $$;

-- cancel_reminder stops a reminder and every message of it that has not gone out.
CREATE OR REPLACE FUNCTION cancel_reminder(r reminders, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM cancel_deliveries(r);
  UPDATE reminders SET state = 'cancelled', updated_at = at WHERE id = r.id AND state = 'scheduled';
  IF FOUND THEN
    PERFORM tell(r, 'reminder.cancelled');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION cancel_deliveries(r reminders) RETURNS void
LANGUAGE sql AS $$
  UPDATE deliveries SET state = 'cancelled' WHERE reminder = r.id AND state = 'pending';
  UPDATE push_deliveries SET state = 'cancelled' WHERE reminder = r.id AND state = 'pending';
$$;

-- op_claim_unarmed leases scheduled reminders that fire before a horizon and have no job yet.
-- args: now, horizon, lease, limit.
CREATE OR REPLACE FUNCTION op_claim_unarmed(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  WITH claimed AS (
    UPDATE reminders SET arming_until = lease_end(args)
    WHERE id IN (
      SELECT id FROM reminders
      WHERE state = 'scheduled' AND armed_version < version
        AND fire_at > (args->>'now')::timestamptz AND fire_at <= (args->>'horizon')::timestamptz
        AND arming_until <= now()
      ORDER BY fire_at LIMIT (args->>'limit')::integer
      FOR UPDATE SKIP LOCKED)
    RETURNING user_id, id, version, fire_at)
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'userId', user_id, 'id', id, 'version', version, 'at', fire_at) ORDER BY fire_at), '[]')
  FROM claimed;
$$;

-- op_mark_armed records for which reminders the scheduler holds a job. args: alarms [{userId, id, version}].
CREATE OR REPLACE FUNCTION op_mark_armed(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reminders r SET armed_version = (a->>'version')::integer
  FROM jsonb_array_elements(args->'alarms') a
  WHERE r.id = (a->>'id')::uuid AND r.user_id = (a->>'userId')::uuid AND r.version = (a->>'version')::integer;
  RETURN '{}';
END $$;

-- op_fire_reminder fires the reminder that a job names, after those of its user that were due before,
-- unless it has fired, moved or been cancelled.
-- args: userId, id, version, mail (whether the mail channel is on), now, limit.
CREATE OR REPLACE FUNCTION op_fire_reminder(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid := args->>'userId';
  v_at timestamptz;
BEGIN
  PERFORM lock_reminders(uid);
  SELECT fire_at INTO v_at FROM reminders
  WHERE id = (args->>'id')::uuid AND user_id = uid
    AND version = (args->>'version')::integer AND state = 'scheduled';
  IF NOT FOUND THEN
    RETURN '{"fired": []}';
  END IF;
  RETURN jsonb_build_object('fired', fire_until(uid, v_at, (args->>'limit')::integer, args));
END $$;

-- op_fire_overdue fires scheduled reminders whose time has come, and says when the next one's comes.
-- Those of users of whom somebody else fires or changes some now are left to the next time. It goes user
-- by user, so that two sweeps take the users' outbox locks in the same order.
-- args: mail, now, limit -> {fired: [the times for which they were set], next?}.
CREATE OR REPLACE FUNCTION op_fire_overdue(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_due   record;
  v_fired jsonb := '[]';
BEGIN
  FOR v_due IN
    SELECT user_id, max(fire_at) AS last, count(*) AS many FROM (
      SELECT user_id, fire_at FROM reminders
      WHERE state = 'scheduled' AND fire_at <= (args->>'now')::timestamptz
      ORDER BY fire_at LIMIT (args->>'limit')::integer) overdue
    GROUP BY user_id ORDER BY user_id
  LOOP
    IF pg_try_advisory_xact_lock(reminders_key(v_due.user_id)) THEN
      v_fired := v_fired || fire_until(v_due.user_id, v_due.last, v_due.many, args);
    END IF;
  END LOOP;
  RETURN jsonb_build_object('fired', v_fired, 'next',
    (SELECT min(fire_at) FROM reminders WHERE state = 'scheduled' AND fire_at > (args->>'now')::timestamptz));
END $$;

-- lock_reminders keeps others from firing and changing reminders of a user until the transaction ends: of
-- one person, none is overtaken by a later one. It comes before all other locks.
CREATE OR REPLACE FUNCTION lock_reminders(uid uuid) RETURNS void
LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(reminders_key(uid))
$$;

CREATE OR REPLACE FUNCTION reminders_key(uid uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('reminders of ' || uid, 0)
$$;

-- fire_until fires the scheduled reminders of a user up to a moment, at most so many, in the order in which
-- they are due, and returns the times for which they had been set. The caller has locked them. args: mail, now.
CREATE OR REPLACE FUNCTION fire_until(uid uuid, until timestamptz, most bigint, args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_row   reminders;
  v_fired jsonb := '[]';
BEGIN
  FOR v_row IN
    SELECT * FROM reminders WHERE user_id = uid AND state = 'scheduled' AND fire_at <= until
    ORDER BY fire_at, id LIMIT most
  LOOP
    v_fired := v_fired || fire(v_row, (args->>'mail')::boolean, (args->>'now')::timestamptz);
  END LOOP;
  RETURN v_fired;
END $$;

-- fire tells the in-app channel and sets up the messages by the outside channels. It returns
-- the time for which the reminder was set, in an array. One of a task in an archived project is
-- over without a word, and the array is empty.
CREATE OR REPLACE FUNCTION fire(r reminders, mail boolean, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  settings jsonb       := settings_of(r.user_id);
  channels text[]      := channels_of(r, settings);
  held     timestamptz := quiet_until(r, settings, at);
BEGIN
  IF EXISTS (SELECT FROM people p WHERE p.user_id = r.user_id AND r.project_id = ANY (p.archived)) THEN
    UPDATE reminders SET state = 'silent', updated_at = at WHERE id = r.id;
    PERFORM tell(r, 'reminder.cancelled');
    RETURN '[]';
  END IF;
  UPDATE reminders SET state = 'fired', updated_at = at WHERE id = r.id;
  IF 'push' = ANY (channels) THEN
    PERFORM add_pushes(r, at, held);
  END IF;
  PERFORM tell(r, 'reminder.fired');
  IF mail AND 'email' = ANY (channels) THEN
    INSERT INTO deliveries (reminder, version, channel, user_id, state, fired_at, next_attempt_at, held_until)
    VALUES (r.id, r.version, 'email', r.user_id, 'pending', coalesce(held, at), coalesce(held, at), held)
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN jsonb_build_array(r.fire_at);
END $$;

-- tell puts one step in the life of a reminder into the outbox.
CREATE OR REPLACE FUNCTION tell(r reminders, type text, channel text DEFAULT NULL, error text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_event uuid := new_event_id();
BEGIN
  PERFORM enqueue(r.user_id, v_event, type, r.id::text, now(), jsonb_strip_nulls(jsonb_build_object(
    'userId', r.user_id, 'seq', next_seq(r.user_id), 'eventId', v_event, 'type', type,
    'reminderId', r.reminder_id, 'taskId', r.task_id, 'title', r.title, 'at', instant(r.fire_at),
    'channel', channel, 'error', error)));
END $$;

-- A moment as the API writes it.
CREATE OR REPLACE FUNCTION instant(at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- op_prune forgets what nobody asks for any more, and says whether there may be more of it.
-- args: before, limit.
CREATE OR REPLACE FUNCTION op_prune(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_before    timestamptz := args->>'before';
  v_limit     integer     := args->>'limit';
  v_reminders integer;
  v_versions  integer;
  v_notices   integer;
BEGIN
  -- What was on its way while a user departed is erased here; the note goes when nobody tells of
  -- that user any more.
  PERFORM erase_rows(user_id) FROM departed WHERE at > now() - interval '1 day';
  DELETE FROM departed WHERE at < v_before - interval '30 days';
  DELETE FROM reminders WHERE id IN (
    SELECT id FROM reminders WHERE state <> 'scheduled' AND updated_at < v_before LIMIT v_limit);
  GET DIAGNOSTICS v_reminders = ROW_COUNT;
  DELETE FROM task_versions WHERE (user_id, task_id) IN (
    SELECT user_id, task_id FROM task_versions v WHERE applied_at < v_before
    AND NOT EXISTS (SELECT FROM reminders r WHERE r.user_id = v.user_id AND r.task_id = v.task_id)
    LIMIT v_limit);
  GET DIAGNOSTICS v_versions = ROW_COUNT;
  DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE asked_at < v_before LIMIT v_limit);
  GET DIAGNOSTICS v_notices = ROW_COUNT;
  DELETE FROM rates WHERE spent_until < v_before;
  RETURN jsonb_build_object('more', v_limit IN (v_reminders, v_versions, v_notices));
END $$;
