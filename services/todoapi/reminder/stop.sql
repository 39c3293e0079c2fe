-- Open tasks of a user whose reminders come by mail whatever the settings say: {userId, limit} -> [{id, notify}].
CREATE OR REPLACE FUNCTION op_list_mailing_tasks(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'notify', notify)), '[]') FROM (
    SELECT id, notify FROM task
    WHERE user_id = (args->>'userId')::uuid AND deleted_at IS NULL AND completed_at IS NULL AND 'email' = ANY (notify)
    ORDER BY id LIMIT (args->>'limit')::int) t
$$;
