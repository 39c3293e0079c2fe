-- Users whose accounts were deleted.

CREATE OR REPLACE FUNCTION is_departed(uid uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM departed WHERE user_id = uid)
$$;

-- op_erase_user erases all that is known of a user, and notes that nothing is to be kept of them any
-- more. Doing it twice is doing it once. args: userId, now.
CREATE OR REPLACE FUNCTION op_erase_user(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO departed (user_id, at) VALUES ((args->>'userId')::uuid, (args->>'now')::timestamptz) ON CONFLICT DO NOTHING;
  PERFORM erase_rows((args->>'userId')::uuid);
  RETURN '{}';
END $$;

-- erase_rows erases what there is of a user, in the order in which every operation locks. Jobs that
-- the scheduler still holds find nothing when they ring.
CREATE OR REPLACE FUNCTION erase_rows(uid uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_reminders(uid);
  DELETE FROM task_versions WHERE user_id = uid;
  DELETE FROM reminders WHERE user_id = uid; -- and with each its deliveries
  DELETE FROM push_subscriptions WHERE user_id = uid;
  DELETE FROM notices WHERE user_id = uid;
  DELETE FROM people WHERE user_id = uid;
  DELETE FROM rates WHERE user_id = uid;
  DELETE FROM mail_refusals WHERE user_id = uid;
  DELETE FROM digests WHERE user_id = uid;
  DELETE FROM webhooks WHERE user_id = uid; -- and with each its deliveries
  DELETE FROM outbox WHERE shard = shard_of(uid) AND user_id = uid;
  DELETE FROM event_head WHERE user_id = uid;
END $$;
