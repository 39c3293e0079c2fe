-- Messages that were given up, and addresses that their mail server refuses.

-- note_refusal counts one time that the mail server of a user refused the address.
CREATE OR REPLACE FUNCTION note_refusal(uid uuid, why text) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO mail_refusals AS known (user_id, refusals, since, last_at, reason) VALUES (uid, 1, now(), now(), why)
  ON CONFLICT (user_id) DO UPDATE SET refusals = known.refusals + 1, last_at = excluded.last_at, reason = excluded.reason
$$;

-- is_mail_stopped tells whether a user's address was refused so often that nothing is sent there any more.
CREATE OR REPLACE FUNCTION is_mail_stopped(uid uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT refusals >= 3 FROM mail_refusals WHERE user_id = uid), false)
$$;

-- op_read_mail_state says what a user's mail server made of reminders: {userId} -> {refusals, since?, lastAt?, reason, stopped}.
CREATE OR REPLACE FUNCTION op_read_mail_state(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT jsonb_build_object('refusals', refusals, 'since', instant(since), 'lastAt', instant(last_at), 'reason', reason, 'stopped', is_mail_stopped(user_id))
     FROM mail_refusals WHERE user_id = (args->>'userId')::uuid),
    '{"refusals": 0, "reason": "", "stopped": false}')
$$;

-- op_forget_refusals has mail go to a user's address again. args: userId.
CREATE OR REPLACE FUNCTION op_forget_refusals(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM mail_refusals WHERE user_id = (args->>'userId')::uuid;
  RETURN '{}';
END $$;

-- given_up are all messages of a user that were given up, in one form.
CREATE OR REPLACE FUNCTION given_up(uid uuid)
RETURNS TABLE (id uuid, fired_at timestamptz, doc jsonb)
LANGUAGE sql STABLE AS $$
  SELECT g.id, g.fired_at, jsonb_build_object('id', g.id, 'channel', g.channel, 'device', g.device, 'taskId', r.task_id, 'title', r.title,
    'at', instant(r.fire_at), 'attempts', g.attempts, 'error', g.error, 'state', g.state)
  FROM (
    SELECT d.id, d.reminder, d.fired_at, d.channel, '' AS device, d.attempts, d.error, d.state
    FROM deliveries d WHERE d.user_id = uid AND d.state = 'failed'
    UNION ALL
    SELECT d.id, d.reminder, d.fired_at, 'push', s.name, d.attempts, d.error, d.state
    FROM push_deliveries d JOIN push_subscriptions s ON s.id = d.subscription WHERE d.user_id = uid AND d.state = 'failed') g
  JOIN reminders r ON r.id = g.reminder AND r.user_id = uid
$$;

-- op_list_given_up is a page of them, the newest first. args: userId, before?, limit -> {items, next?}.
CREATE OR REPLACE FUNCTION op_list_given_up(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid   uuid    := args->>'userId';
  most  integer := args->>'limit';
  found jsonb[] := ARRAY(
    SELECT g.doc FROM given_up(uid) g
    WHERE args->>'before' IS NULL OR (g.fired_at, g.id) < (SELECT b.fired_at, b.id FROM given_up(uid) b WHERE b.id = (args->>'before')::uuid)
    ORDER BY g.fired_at DESC, g.id DESC LIMIT most + 1);
BEGIN
  RETURN jsonb_build_object('items', to_jsonb(found[:most]), 'next', CASE WHEN cardinality(found) > most THEN found[most]->'id' END);
END $$;

-- op_replay_given_up has a message that was given up begin anew, if its reminder has not been set anew
-- since. args: userId, id -> message.
CREATE OR REPLACE FUNCTION op_replay_given_up(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid   uuid := args->>'userId';
  given uuid := args->>'id';
  doc   jsonb;
BEGIN
  SELECT g.doc INTO doc FROM given_up(uid) g WHERE g.id = given;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'no such message was given up');
  END IF;
  UPDATE deliveries d SET state = 'pending', attempts = 0, error = '', fired_at = now(), next_attempt_at = now()
  FROM reminders r WHERE d.id = given AND d.user_id = uid AND d.state = 'failed' AND r.id = d.reminder AND r.version = d.version AND r.state = 'fired';
  IF NOT FOUND THEN
    UPDATE push_deliveries d SET state = 'pending', attempts = 0, error = '', fired_at = now(), next_attempt_at = now()
    FROM reminders r WHERE d.id = given AND d.user_id = uid AND d.state = 'failed' AND r.id = d.reminder AND r.version = d.version AND r.state = 'fired';
  END IF;
  IF NOT FOUND THEN
    PERFORM fail('conflict', '', 'the reminder was set to another time since, and comes then');
  END IF;
  RETURN doc || jsonb_build_object('state', 'waiting', 'attempts', 0, 'error', '');
END $$;

-- op_count_given_up counts what was given up of late, of all users: {} -> {mails, pushes, stoppedAddresses}.
CREATE OR REPLACE FUNCTION op_count_given_up(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'mails', (SELECT count(*) FROM deliveries WHERE state = 'failed'),
    'pushes', (SELECT count(*) FROM push_deliveries WHERE state = 'failed'),
    'stoppedAddresses', (SELECT count(*) FROM mail_refusals WHERE is_mail_stopped(user_id)))
$$;
