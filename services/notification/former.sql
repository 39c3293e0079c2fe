-- What replicas of the version before call while they still run beside this one. Goes with the next
-- version, and with it add_pushes with two arguments.

-- op_save_day_start notes when the days of a user start. args: userId, dayStart.
CREATE OR REPLACE FUNCTION op_save_day_start(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO people (user_id, day_start)
  SELECT (args->>'userId')::uuid, args->>'dayStart' WHERE NOT is_departed((args->>'userId')::uuid)
  ON CONFLICT (user_id) DO UPDATE SET day_start = excluded.day_start, settings_as_of = NULL;
  RETURN '{}';
END $$;
