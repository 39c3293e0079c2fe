-- Occurrences of recurring tasks. UNIQUE (series_id, occurrence) makes the next one exactly once.

-- Creates the occurrence that follows a completed task, or settles that there is none.
CREATE OR REPLACE FUNCTION op_advance_occurrence(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz := begin_change(args);
  done task;
  t task;
BEGIN
  -- A deleted task counts: deleting what is completed does not end the series.
  SELECT * INTO done FROM task WHERE user_id = (args->>'userId')::uuid AND id = (args->>'taskId')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', 'taskId', 'there is no such task');
  END IF;
  IF done.series_id IS NULL OR done.completed_at IS NULL THEN
    RETURN jsonb_build_object('created', false); -- edited or reopened since
  END IF;
  UPDATE task SET advanced_at = coalesce(advanced_at, at) WHERE user_id = done.user_id AND id = done.id;
  SELECT * INTO t FROM task WHERE series_id = done.series_id AND occurrence = done.occurrence + 1;
  IF FOUND THEN
    RETURN jsonb_build_object('created', false, 'taskId', t.id);
  END IF;
  IF done.advanced_at IS NOT NULL OR args->'next' = 'null' THEN
    RETURN jsonb_build_object('created', false); -- the series has ended, before or now
  END IF;
  t := done;
  t.id := args->>'nextId';
  t.version := 1;
  t.due_date := args->'next'->'due'->>'date';
  t.due_time := args->'next'->'due'->>'time';
  t.due_zone := args->'next'->'due'->>'zone';
  t.reminders := coalesce(args->'next'->'reminders', '[]');
  t.occurrence := done.occurrence + 1;
  t.created_at := at;
  t.updated_at := at;
  t := insert_task(t);
  PERFORM record_change(args, 'task.created', at, t.id, NULL, task_json(t));
  RETURN jsonb_build_object('created', true, 'taskId', t.id);
END $$;

-- Completed recurring tasks whose next occurrence nobody has settled, oldest first.
CREATE OR REPLACE FUNCTION op_list_missing_occurrences(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('tasks', coalesce(jsonb_agg(
      jsonb_build_object('userId', user_id, 'zone', zone, 'task', doc) ORDER BY completed_at), '[]'))
    FROM (
      SELECT t.user_id, a.zone, task_json(t) AS doc, t.completed_at
      FROM task t JOIN account a ON a.id = t.user_id
      WHERE t.completed_at IS NOT NULL AND t.rule IS NOT NULL AND t.advanced_at IS NULL
      ORDER BY t.completed_at LIMIT (args->>'limit')::int
    ) missing);
END $$;
