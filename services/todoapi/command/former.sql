-- What replicas of the version before call while they still run beside this one. Goes with the
-- next version, and with it the functions that only they use: append_event, record_change
-- with six arguments, begin_change, event_of_operation, with_content, live_task(jsonb),
-- check_version(task, jsonb), undo_task, put_back_task, restore_below, check_place, complete_task,
-- write_task(jsonb, task, task), check_task_quota(uuid), changed_by_act, check_size_of_act, numbered_command,
-- search_query, day_due, is_overdue and due_instant of a task,
-- and the columns event.sent_at, position and shard.

-- Applies one command as the former operations were asked for it: {userId, actor, taskId, opId?, version?}.
CREATE OR REPLACE FUNCTION former_command(args jsonb, name text, more jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT op_apply(args || jsonb_build_object('atomic', true, 'commands', jsonb_build_array(
    jsonb_strip_nulls(jsonb_build_object('name', name, 'id', args->'taskId', 'ifVersion', args->'version')) || more))
    )->'results'->0->'ok'
$$;

-- The fields that the version before knows, from a whole task: what it leaves out is cleared,
-- what it does not know stays.
CREATE OR REPLACE FUNCTION former_fields(content jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT jsonb_build_object(
    'title', content->'title', 'notes', coalesce(content->'notes', '""'), 'priority', content->'priority',
    'tags', coalesce(content->'tags', '[]'), 'reminders', coalesce(content->'reminders', '[]'),
    'recurrence', coalesce(content->'recurrence', 'null'),
    'due', CASE WHEN content->'due' IS NULL OR content->'due' = 'null' THEN 'null'
      ELSE '{"time": null, "zone": null}' || (content->'due') END)
$$;

CREATE OR REPLACE FUNCTION op_create_task(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT former_command(args, 'task.create', jsonb_build_object(
    'seriesId', args->'content'->'series'->'id', 'fields', former_fields(args->'content')))
$$;

CREATE OR REPLACE FUNCTION op_update_task(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT former_command(args, 'task.update', jsonb_build_object(
    'seriesId', args->'content'->'series'->'id', 'fields', former_fields(args->'content')))
$$;

CREATE OR REPLACE FUNCTION op_set_completed(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT former_command(args, CASE WHEN (args->>'completed')::boolean THEN 'task.complete' ELSE 'task.reopen' END, '{}')
$$;

CREATE OR REPLACE FUNCTION op_delete_task(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT coalesce(former_command(args, 'task.delete', '{}'), '{}')
$$;

CREATE OR REPLACE FUNCTION op_begin_edit(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  results jsonb := answer_of(args)->'results';
BEGIN
  IF results IS NOT NULL THEN
    RETURN jsonb_build_object('repeated', true, 'task', results->0->'ok');
  END IF;
  RETURN jsonb_build_object('repeated', false, 'task', op_get_task(args));
END $$;

CREATE OR REPLACE FUNCTION op_list_tasks(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT op_read_tasks(args)::jsonb
$$;

CREATE OR REPLACE FUNCTION op_list_changes(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT op_read_changes(args)::jsonb
$$;

CREATE OR REPLACE FUNCTION op_snapshot(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT op_read_snapshot(args)::jsonb
$$;
