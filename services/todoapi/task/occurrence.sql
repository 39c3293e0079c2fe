-- Occurrences of recurring tasks. UNIQUE (series_id, occurrence) makes the next one exactly once.

-- Settles what follows a completed task: {userId, by, taskId, version?, nextId, next, reason?}
-- creates the next occurrence or, without next, ends the series, with the reason when that is
-- not the rule's own end. version is that of the completed task from which next was reckoned:
-- if it has been edited since, nothing is done and the task comes back as it is now. Services
-- of the version before name no version.
CREATE OR REPLACE FUNCTION op_advance_occurrence(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act  jsonb := begin_act(args);
  done task;
  t    task;
BEGIN
  -- A deleted task counts: deleting what is completed does not end the series.
  SELECT * INTO done FROM task WHERE user_id = (args->>'userId')::uuid AND id = (args->>'taskId')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', 'taskId', 'there is no such task');
  END IF;
  IF done.series_id IS NULL OR done.completed_at IS NULL THEN
    RETURN jsonb_build_object('created', false); -- edited or reopened since
  END IF;
  IF done.advanced_at IS NULL AND done.version <> (args->>'version')::bigint THEN
    RETURN jsonb_build_object('created', false, 'changed', task_json(done), 'zone', act->'zone');
  END IF;
  SELECT * INTO t FROM task WHERE series_id = done.series_id AND occurrence = done.occurrence + 1;
  IF FOUND THEN
    UPDATE task SET advanced_at = coalesce(advanced_at, (act->>'at')::timestamptz) WHERE user_id = done.user_id AND id = done.id;
    RETURN jsonb_build_object('created', false, 'taskId', t.id);
  END IF;
  IF done.advanced_at IS NOT NULL THEN
    RETURN jsonb_build_object('created', false); -- the series had ended
  END IF;
  IF args->'next' = 'null' OR NOT has_open_parent(done) THEN
    PERFORM end_series(act, done, args->>'reason');
    RETURN jsonb_build_object('created', false);
  END IF;
  UPDATE task SET advanced_at = (act->>'at')::timestamptz WHERE user_id = done.user_id AND id = done.id;
  t := as_usual(done);
  t.id := args->>'nextId';
  t.version := 1;
  t.due_date := args->'next'->'due'->>'date';
  t.due_time := args->'next'->'due'->>'time';
  t.due_zone := args->'next'->'due'->>'zone';
  t.reminders := coalesce(args->'next'->'reminders', '[]');
  t.start_date := t.start_date + (t.due_date - done.due_date);
  t.deadline := t.deadline + (t.due_date - done.due_date);
  t.occurrence := done.occurrence + 1;
  t.created_at := act->>'at';
  t.updated_at := act->>'at';
  t.position := position_of(done);
  t := insert_task(t);
  PERFORM record_change(act, 'task', 'created', t.id, t.version, NULL, task_json(t));
  PERFORM repeat_subtasks(act, done, t, t.due_date - done.due_date);
  RETURN jsonb_build_object('created', true, 'taskId', t.id);
END $$;

-- Tells whether a task is part of none, or of one that is still to be done: nothing new comes
-- under one that is over.
CREATE OR REPLACE FUNCTION has_open_parent(t task) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT t.parent_id IS NULL OR EXISTS (
    SELECT FROM task p WHERE p.user_id = t.user_id AND p.id = t.parent_id AND p.completed_at IS NULL AND p.deleted_at IS NULL)
$$;

-- Puts the subtasks of a completed task under its next occurrence, open again and so many days
-- later. One that repeats by itself begins a series of its own there, of which there is one.
CREATE OR REPLACE FUNCTION repeat_subtasks(act jsonb, done task, next task, days int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  t task;
BEGIN
  FOR t IN
    SELECT * FROM task o WHERE o.user_id = done.user_id AND o.parent_id = done.id AND o.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM task later WHERE later.user_id = o.user_id AND later.series_id = o.series_id
        AND later.occurrence > o.occurrence AND later.deleted_at IS NULL)
    ORDER BY o.id
  LOOP
    PERFORM repeat_subtask(act, t, next, days);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION repeat_subtask(act jsonb, done task, parent task, days int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  t task := as_usual(done);
BEGIN
  t.id := new_event_id();
  t.version := 1;
  t.parent_id := parent.id;
  t.due_date := done.due_date + days;
  t.start_date := t.start_date + days;
  t.deadline := t.deadline + days;
  t.reminders := later_reminders(t.reminders, days);
  t.series_id := NULL;
  t := in_series(t, NULL, '{}');
  t.created_at := act->>'at';
  t.updated_at := act->>'at';
  t.position := position_of(done);
  t := insert_task(t);
  PERFORM record_change(act, 'task', 'created', t.id, t.version, NULL, task_json(t));
  PERFORM repeat_subtasks(act, done, t, days);
END $$;

-- Reminders so many days later; those that count back from a due date move with that.
CREATE OR REPLACE FUNCTION later_reminders(reminders jsonb, days int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg((r - 'id') || jsonb_build_object('id', new_event_id())
    || CASE WHEN r ? 'at' THEN jsonb_build_object('at', instant((r->>'at')::timestamptz + make_interval(days => days))) ELSE '{}' END
    ORDER BY n), '[]')
  FROM jsonb_array_elements(reminders) WITH ORDINALITY AS u (r, n)
$$;

-- A task with the zone of its user: {userId, taskId} -> {task, zone}.
CREATE OR REPLACE FUNCTION op_get_recurring(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('task', task_json(live_task(a.id, (args->>'taskId')::uuid)), 'zone', a.zone)
  FROM account a WHERE a.id = (args->>'userId')::uuid
$$;

-- {id, ifVersion?, fields: {from, next}}: makes of an open occurrence the one that follows it, as
-- it was reckoned from a version of the task.
CREATE OR REPLACE FUNCTION command_task_skip(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := commanded_task(act, command);
  next   jsonb := command->'fields'->'next';
BEGIN
  PERFORM check_repeats(before);
  PERFORM check_version('task', before.version, jsonb_build_object('ifVersion', command->'fields'->'from'));
  IF next = 'null' THEN
    PERFORM fail('conflict', '', 'this is the last time that the task repeats; complete or delete it');
  END IF;
  RETURN write_task(act, 'updated', as_next(before, next));
END $$;

-- Refuses a task that is no open occurrence of a series.
CREATE OR REPLACE FUNCTION check_repeats(t task) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF t.rule IS NULL THEN
    PERFORM fail('conflict', '', 'the task does not repeat');
  ELSIF t.completed_at IS NOT NULL THEN
    PERFORM fail('conflict', '', 'the task is completed; do this with the occurrence that follows it');
  END IF;
END $$;

-- An open occurrence made the one that follows it: next is its due and its reminders.
CREATE OR REPLACE FUNCTION as_next(before task, next jsonb) RETURNS task
LANGUAGE plpgsql STABLE AS $$
DECLARE
  t task := as_usual(before);
BEGIN
  IF EXISTS (SELECT FROM task o WHERE o.series_id = t.series_id AND o.occurrence = t.occurrence + 1) THEN
    PERFORM fail('conflict', '', 'the next occurrence is there already');
  END IF;
  t := with_fields(t, jsonb_build_object('due', '{"time": null, "zone": null}' || (next->'due'), 'reminders', next->'reminders'));
  t.occurrence := t.occurrence + 1;
  t.start_date := t.start_date + (t.due_date - before.due_date);
  t.deadline := t.deadline + (t.due_date - before.due_date);
  RETURN t;
END $$;

-- Notes that nothing follows a completed task. A reason is for people to see, so it is a
-- change of the task.
CREATE OR REPLACE FUNCTION end_series(act jsonb, done task, reason text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  t task;
BEGIN
  UPDATE task SET advanced_at = (act->>'at')::timestamptz, series_ended = reason,
    version = version + (reason IS NOT NULL)::int
  WHERE user_id = done.user_id AND id = done.id
  RETURNING * INTO t;
  IF reason IS NOT NULL AND t.deleted_at IS NULL THEN
    PERFORM record_change(act, 'task', 'updated', t.id, t.version, task_json(done), task_json(t));
  END IF;
END $$;

-- Completed recurring tasks whose next occurrence nobody has settled, oldest first, after a
-- position: {limit, after: {completedAt, id}?}.
CREATE OR REPLACE FUNCTION op_list_missing_occurrences(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('tasks', coalesce(jsonb_agg(
      jsonb_build_object('userId', user_id, 'zone', zone, 'task', doc) ORDER BY completed_at, id), '[]'))
    FROM (
      SELECT t.user_id, a.zone, task_json(t) AS doc, t.completed_at, t.id
      FROM task t JOIN account a ON a.id = t.user_id
      WHERE t.completed_at IS NOT NULL AND t.rule IS NOT NULL AND t.advanced_at IS NULL
        AND (t.completed_at, t.id) > (coalesce((args->'after'->>'completedAt')::timestamptz, '-infinity'),
          coalesce((args->'after'->>'id')::uuid, '00000000-0000-0000-0000-000000000000'))
      ORDER BY t.completed_at, t.id LIMIT (args->>'limit')::int
    ) missing);
END $$;
