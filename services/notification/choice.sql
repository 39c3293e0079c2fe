-- What people have chosen: by which channels reminders go out besides in the page, and when they wait.

-- text_array is an array of JSON strings; NULL for null, and where there is none.
CREATE OR REPLACE FUNCTION text_array(given jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN jsonb_typeof(given) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(given)) END
$$;

-- settings_of is what a person has chosen; empty for who has chosen nothing.
CREATE OR REPLACE FUNCTION settings_of(uid uuid) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT settings FROM people WHERE user_id = uid), '{}')
$$;

-- channels_of are those by which a reminder goes out.
CREATE OR REPLACE FUNCTION channels_of(r reminders, settings jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(r.notify, text_array(settings->'remindersBy'), '{email,push}')
$$;

-- quiet_end is when the quiet hours end in which a moment lies; NULL when it lies in none, and where
-- PostgreSQL does not know the zone. quiet: {from, to}.
CREATE OR REPLACE FUNCTION quiet_end(quiet jsonb, zone text, at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
  from_time time := quiet->>'from';
  to_time   time := quiet->>'to';
  today     date;
BEGIN
  today := at AT TIME ZONE zone;
  RETURN (
    SELECT max(ends) FROM (
      SELECT clock_at(day + from_time, zone) AS begins, clock_at(day + to_time + make_interval(days => (to_time < from_time)::integer), zone) AS ends
      FROM unnest(ARRAY[today - 1, today]) day) quiet
    WHERE begins <= at AND at < ends);
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN NULL;
END $$;

-- quiet_until is until when quiet hours put off a reminder that would go out at a moment, or NULL.
CREATE OR REPLACE FUNCTION quiet_until(r reminders, settings jsonb, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN settings->'quietHours' <> 'null' AND NOT ((settings->'quietHours'->>'urgent')::boolean AND coalesce(r.priority, 4) = 1)
    THEN quiet_end(settings->'quietHours', settings->>'zone', at) END
$$;

-- take_place says when a message may go to a user by a channel that carries so many an hour, and takes
-- that place. An hour's worth may go at once, then one after the other; NULL an hour: any number may.
CREATE OR REPLACE FUNCTION take_place(uid uuid, by_channel text, an_hour integer) RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
  spent timestamptz;
BEGIN
  IF an_hour IS NULL THEN
    RETURN now();
  END IF;
  INSERT INTO rates AS known (user_id, channel, spent_until) VALUES (uid, by_channel, now() + interval '1 hour' / an_hour)
  ON CONFLICT (user_id, channel) DO UPDATE SET spent_until = greatest(known.spent_until, now()) + interval '1 hour' / an_hour
  RETURNING spent_until INTO spent;
  RETURN greatest(spent - interval '1 hour', now());
END $$;

-- verdict says what is to become of a message that is due: it is cancelled, because its channel was
-- switched off; it waits until held, the end of quiet hours, or until place, when its person may get
-- it; or neither is later than now, and it goes.
CREATE OR REPLACE FUNCTION verdict(r reminders, by_channel text, counted boolean, an_hour integer, OUT cancelled boolean, OUT held timestamptz, OUT place timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  settings jsonb := settings_of(r.user_id);
BEGIN
  cancelled := NOT by_channel = ANY (channels_of(r, settings));
  held := CASE WHEN NOT cancelled THEN quiet_until(r, settings, now()) END;
  place := CASE WHEN NOT cancelled AND held IS NULL AND NOT counted THEN take_place(r.user_id, by_channel, an_hour) END;
END $$;

-- op_save_settings notes what a person has chosen, as of a seq; it never goes back. What waits for the
-- person is cancelled or waits anew, as it would have from the beginning.
-- args: userId, asOf (null: the version before of todo-api, which does not know all, tells of it), settings, now.
CREATE OR REPLACE FUNCTION op_save_settings(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid    uuid  := args->>'userId';
  chosen jsonb := args->'settings';
BEGIN
  INSERT INTO people AS known (user_id, day_start, settings, settings_as_of)
  SELECT uid, chosen->>'dayStart', chosen, (args->>'asOf')::bigint WHERE NOT is_departed(uid)
  ON CONFLICT (user_id) DO UPDATE SET day_start = excluded.day_start, settings = excluded.settings, settings_as_of = excluded.settings_as_of
  WHERE coalesce(known.settings_as_of <= excluded.settings_as_of, true);
  IF FOUND THEN
    PERFORM reckon_waiting(uid, chosen);
    PERFORM plan_digests(uid, chosen, (args->>'now')::timestamptz);
  END IF;
  RETURN '{}';
END $$;

-- reckon_waiting cancels the messages of channels that were switched off, and has those that quiet hours
-- put off looked at again.
CREATE OR REPLACE FUNCTION reckon_waiting(uid uuid, settings jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- In the order in which every operation locks.
  PERFORM FROM deliveries d WHERE d.user_id = uid AND d.state = 'pending' ORDER BY d.reminder, d.version FOR UPDATE;
  PERFORM FROM push_deliveries d WHERE d.user_id = uid AND d.state = 'pending' ORDER BY d.subscription, d.reminder, d.version FOR UPDATE;
  UPDATE deliveries d SET state = 'cancelled' FROM reminders r
  WHERE d.user_id = uid AND d.state = 'pending' AND r.id = d.reminder AND NOT d.channel = ANY (channels_of(r, settings));
  UPDATE push_deliveries d SET state = 'cancelled' FROM reminders r
  WHERE d.user_id = uid AND d.state = 'pending' AND r.id = d.reminder AND NOT 'push' = ANY (channels_of(r, settings));
  UPDATE deliveries SET held_until = now(), next_attempt_at = now(), fired_at = CASE attempts WHEN 0 THEN now() ELSE fired_at END
  WHERE user_id = uid AND state = 'pending' AND held_until > now();
  UPDATE push_deliveries SET held_until = now(), next_attempt_at = now(), fired_at = CASE attempts WHEN 0 THEN now() ELSE fired_at END
  WHERE user_id = uid AND state = 'pending' AND held_until > now();
  UPDATE notices SET held_until = now(), next_attempt_at = now() WHERE user_id = uid AND state = 'pending' AND held_until > now();
END $$;

-- op_list_unlearned are the next people after one of whom it is not known what they have chosen.
-- args: after?, limit -> [userId].
CREATE OR REPLACE FUNCTION op_list_unlearned(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(user_id ORDER BY user_id), '[]') FROM (
    SELECT user_id FROM people WHERE settings_as_of IS NULL
      AND user_id > coalesce((args->>'after')::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY user_id LIMIT (args->>'limit')::integer) unlearned
$$;
