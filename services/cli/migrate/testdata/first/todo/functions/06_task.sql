-- Tasks. Every statement carries the user id; every write records its change, in the same transaction.

CREATE OR REPLACE FUNCTION task_json(t task) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', t.id, 'version', t.version, 'title', t.title, 'notes', t.notes, 'priority', t.priority,
    'tags', to_jsonb(t.tags),
    'due', CASE WHEN t.due_date IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
      'date', t.due_date, 'time', to_char(t.due_time, 'HH24:MI'), 'zone', t.due_zone)) END,
    'recurrence', CASE WHEN t.rule IS NOT NULL THEN jsonb_build_object('rule', t.rule, 'anchor', t.anchor) END,
    'reminders', t.reminders,
    'series', CASE WHEN t.series_id IS NOT NULL THEN jsonb_build_object(
      'id', t.series_id, 'occurrence', t.occurrence, 'start', t.series_start) END,
    'completedAt', t.completed_at, 'createdAt', t.created_at, 'updatedAt', t.updated_at)
$$;

-- Returns a task of the user that is not deleted, or fails.
CREATE OR REPLACE FUNCTION live_task(args jsonb) RETURNS task
LANGUAGE plpgsql STABLE AS $$
DECLARE
  t task;
BEGIN
  SELECT * INTO t FROM task
  WHERE user_id = (args->>'userId')::uuid AND id = (args->>'taskId')::uuid AND deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such task');
  END IF;
  RETURN t;
END $$;

CREATE OR REPLACE FUNCTION check_version(t task, args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF t.version <> (args->>'version')::bigint THEN
    PERFORM fail('version_mismatch', '', format('the task is at version %s; read it again and repeat the change', t.version));
  END IF;
END $$;

-- Sets what a user chose, and the series, on a row that is about to be written.
CREATE OR REPLACE FUNCTION with_content(t task, content jsonb) RETURNS task
LANGUAGE plpgsql AS $$
BEGIN
  t.title        := content->>'title';
  t.notes        := coalesce(content->>'notes', '');
  t.priority     := content->>'priority';
  t.tags         := ARRAY(SELECT jsonb_array_elements_text(content->'tags'));
  t.due_date     := content->'due'->>'date';
  t.due_time     := content->'due'->>'time';
  t.due_zone     := content->'due'->>'zone';
  t.rule         := content->'recurrence'->>'rule';
  t.anchor       := content->'recurrence'->>'anchor';
  t.reminders    := coalesce(content->'reminders', '[]');
  t.series_id    := content->'series'->>'id';
  t.occurrence   := content->'series'->>'occurrence';
  t.series_start := content->'series'->'start';
  RETURN t;
END $$;

CREATE OR REPLACE FUNCTION op_create_task(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz := begin_change(args);
  repeated event := event_of_operation(args);
  t task;
BEGIN
  IF repeated.seq IS NOT NULL THEN
    RETURN repeated.data->'after';
  END IF;
  t := with_content(t, args->'content');
  t.id := args->>'taskId';
  t.user_id := args->>'userId';
  t.version := 1;
  t.created_at := at;
  t.updated_at := at;
  t := insert_task(t);
  PERFORM record_change(args, 'task.created', at, t.id, NULL, task_json(t));
  RETURN task_json(t);
END $$;

-- Inserts all but the generated columns.
CREATE OR REPLACE FUNCTION insert_task(t task) RETURNS task
LANGUAGE sql AS $$
  INSERT INTO task (id, user_id, version, title, notes, priority, tags, due_date, due_time, due_zone, rule, anchor,
    reminders, series_id, occurrence, series_start, created_at, updated_at)
  VALUES (t.id, t.user_id, t.version, t.title, t.notes, t.priority, t.tags, t.due_date, t.due_time, t.due_zone, t.rule, t.anchor,
    t.reminders, t.series_id, t.occurrence, t.series_start, t.created_at, t.updated_at)
  RETURNING *
$$;

CREATE OR REPLACE FUNCTION op_get_task(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT task_json(live_task(args))
$$;

-- Returns a task to edit, and the answer of the operation if it was carried out before.
CREATE OR REPLACE FUNCTION op_begin_edit(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  repeated event := event_of_operation(args);
BEGIN
  IF repeated.seq IS NOT NULL THEN
    RETURN jsonb_build_object('repeated', true, 'task', repeated.data->'after');
  END IF;
  RETURN jsonb_build_object('repeated', false, 'task', task_json(live_task(args)));
END $$;

-- Replaces the content of a task at the version that was read.
CREATE OR REPLACE FUNCTION op_update_task(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz := begin_change(args);
  repeated event := event_of_operation(args);
  before task;
  t task;
BEGIN
  IF repeated.seq IS NOT NULL THEN
    RETURN repeated.data->'after';
  END IF;
  before := live_task(args);
  PERFORM check_version(before, args);
  t := with_content(before, args->'content');
  UPDATE task SET version = version + 1, updated_at = at,
    title = t.title, notes = t.notes, priority = t.priority, tags = t.tags,
    due_date = t.due_date, due_time = t.due_time, due_zone = t.due_zone,
    rule = t.rule, anchor = t.anchor, reminders = t.reminders,
    series_id = t.series_id, occurrence = t.occurrence, series_start = t.series_start
  WHERE user_id = t.user_id AND id = t.id
  RETURNING * INTO t;
  PERFORM record_change(args, 'task.updated', at, t.id, task_json(before), task_json(t));
  RETURN task_json(t);
END $$;

-- Completes (args.completed true) or reopens a task; one that is so already stays untouched.
CREATE OR REPLACE FUNCTION op_set_completed(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz := begin_change(args);
  repeated event := event_of_operation(args);
  completed boolean := args->>'completed';
  before task;
  t task;
BEGIN
  IF repeated.seq IS NOT NULL THEN
    RETURN repeated.data->'after';
  END IF;
  before := live_task(args);
  IF (before.completed_at IS NOT NULL) = completed THEN
    RETURN task_json(before);
  END IF;
  PERFORM check_version(before, args);
  UPDATE task SET version = version + 1, updated_at = at, completed_at = CASE WHEN completed THEN at END,
    advanced_at = NULL -- what follows this completion is settled by advance_occurrence
  WHERE user_id = before.user_id AND id = before.id
  RETURNING * INTO t;
  PERFORM record_change(args, CASE WHEN completed THEN 'task.completed' ELSE 'task.reopened' END, at,
    t.id, task_json(before), task_json(t));
  RETURN task_json(t);
END $$;

-- Deletes a task for its user; the row stays, for the trash and for the series it may belong to.
CREATE OR REPLACE FUNCTION op_delete_task(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz := begin_change(args);
  repeated event := event_of_operation(args);
  before task;
BEGIN
  IF repeated.seq IS NOT NULL THEN
    RETURN '{}';
  END IF;
  before := live_task(args);
  PERFORM check_version(before, args);
  UPDATE task SET version = version + 1, updated_at = at, deleted_at = at
  WHERE user_id = before.user_id AND id = before.id;
  PERFORM record_change(args, 'task.deleted', at, before.id, task_json(before), NULL);
  RETURN '{}';
END $$;

-- The first tasks after a position in the order due, priority, id.
CREATE OR REPLACE FUNCTION tasks_after(args jsonb, at_most int) RETURNS SETOF task
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid uuid := args->>'userId';
  wants_completed boolean := CASE args->>'status' WHEN 'completed' THEN true WHEN 'open' THEN false END;
  after_due timestamp := coalesce(args->'after'->>'due', '-infinity');
  after_priority smallint := coalesce(args->'after'->>'priority', '0');
  after_id uuid := coalesce(args->'after'->>'id', '00000000-0000-0000-0000-000000000000');
BEGIN
  -- Two statements, because one that serves both could use neither index in order.
  IF wants_completed IS NULL THEN
    RETURN QUERY
      SELECT * FROM task
      WHERE user_id = uid AND deleted_at IS NULL AND (due_order, priority, id) > (after_due, after_priority, after_id)
      ORDER BY due_order, priority, id LIMIT at_most;
  ELSE
    RETURN QUERY
      SELECT * FROM task
      WHERE user_id = uid AND deleted_at IS NULL AND (completed_at IS NOT NULL) = wants_completed
        AND (due_order, priority, id) > (after_due, after_priority, after_id)
      ORDER BY due_order, priority, id LIMIT at_most;
  END IF;
END $$;

-- One page of tasks. It ends early when it grows past args.bytes, because one answer
-- must fit into one message.
CREATE OR REPLACE FUNCTION op_list_tasks(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    WITH candidate AS (
      SELECT task_json(t) AS doc, t.due_order, t.priority, t.id, row_number() OVER () AS n
      FROM tasks_after(args, (args->>'limit')::int + 1) t
    ), page AS (
      SELECT * FROM (
        SELECT *, sum(pg_column_size(doc)) OVER (ORDER BY n) - pg_column_size(doc) AS bytes_before FROM candidate
      ) sized
      WHERE n <= (args->>'limit')::int AND bytes_before < (args->>'bytes')::bigint
    )
    SELECT jsonb_build_object(
      'items', coalesce(jsonb_agg(doc ORDER BY n), '[]'),
      'next', CASE WHEN count(*) < (SELECT count(*) FROM candidate) THEN (
        SELECT jsonb_build_object('due', due_order, 'priority', priority, 'id', id) FROM page ORDER BY n DESC LIMIT 1) END)
    FROM page);
END $$;
