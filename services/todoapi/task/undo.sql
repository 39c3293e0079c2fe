-- Taking back what was done with tasks: undo, and the way out of the trash.

-- Takes back what an act made of a task; see command_act_undo. An occurrence that was withdrawn
-- comes again by itself, and one that was made may be gone already.
CREATE OR REPLACE FUNCTION undo_task(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  was task;
  now jsonb;
  doc jsonb;
BEGIN
  SELECT * INTO was FROM task o WHERE o.user_id = (act->>'userId')::uuid AND o.id = undo_task.id;
  IF NOT FOUND OR (after IS NULL AND was.deleted_at IS NULL) OR (before IS NULL AND was.deleted_at IS NOT NULL) THEN
    RETURN;
  END IF;
  now := CASE WHEN was.deleted_at IS NULL THEN task_json(was) END;
  doc := CASE WHEN after IS NULL THEN before ELSE taken_back('task', now, before, after) END;
  IF before IS NULL THEN
    PERFORM delete_tasks(act, ARRAY[was.id]);
    RETURN;
  END IF;
  IF now->>'completedAt' IS NOT NULL AND doc->>'completedAt' IS NULL THEN
    PERFORM reopen_task(act, was);
    SELECT * INTO was FROM task o WHERE o.user_id = was.user_id AND o.id = was.id;
  END IF;
  PERFORM put_back_task(act, was, as_recorded(was, doc));
END $$;

-- A row with what a recorded task says. Whether something follows a completion is settled anew.
CREATE OR REPLACE FUNCTION as_recorded(t task, doc jsonb) RETURNS task
LANGUAGE plpgsql AS $$
BEGIN
  t.due_date := NULL; t.due_time := NULL; t.due_zone := NULL;
  t.rule := NULL; t.anchor := NULL; t.paused := false;
  t := with_fields(t, doc);
  t.series_id := doc->'series'->>'id';
  t.occurrence := doc->'series'->>'occurrence';
  t.series_start := doc->'series'->'start';
  t.series_ended := doc->'series'->>'ended';
  t.project_id := doc->>'projectId';
  t.section_id := doc->>'sectionId';
  t.parent_id := doc->>'parentId';
  t.position := coalesce(doc->>'position', t.position);
  t.usual := nullif(doc->'usual', 'null');
  t.completed_at := doc->>'completedAt';
  t.deleted_at := NULL;
  RETURN t;
END $$;

-- Refuses what is left of tasks when an act was undone: one in a place that is gone, and one that
-- is gone while something is under it.
CREATE OR REPLACE FUNCTION check_places(uid uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  above text;
BEGIN
  PERFORM check_place(t) FROM task t WHERE t.user_id = uid AND t.id = ANY (ids) AND t.deleted_at IS NULL;
  SELECT p.title INTO above FROM task p JOIN task t ON t.user_id = uid AND t.parent_id = p.id AND t.deleted_at IS NULL
  WHERE p.user_id = uid AND p.id = ANY (ids) AND p.deleted_at IS NOT NULL LIMIT 1;
  IF FOUND THEN
    PERFORM fail('conflict', '', format('the task %s has got subtasks since; undo that first', to_json(above)));
  END IF;
END $$;

-- Refuses a place that is gone.
CREATE OR REPLACE FUNCTION check_place(t task) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  gone text := CASE
    WHEN t.project_id IS NOT NULL AND NOT EXISTS (SELECT FROM project p WHERE p.user_id = t.user_id AND p.id = t.project_id AND p.deleted_at IS NULL) THEN 'project'
    WHEN t.section_id IS NOT NULL AND NOT EXISTS (SELECT FROM section s WHERE s.user_id = t.user_id AND s.id = t.section_id AND s.deleted_at IS NULL) THEN 'section'
    WHEN t.parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM task p WHERE p.user_id = t.user_id AND p.id = t.parent_id AND p.deleted_at IS NULL) THEN 'parent' END;
BEGIN
  IF gone IS NOT NULL THEN
    PERFORM fail('conflict', '', format('the %s of the task %s was deleted since; undo that first', gone, to_json(t.title)));
  END IF;
END $$;

-- Writes a row as it was, and records what that means.
CREATE OR REPLACE FUNCTION put_back_task(act jsonb, was task, t task) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  verb text := CASE WHEN was.deleted_at IS NOT NULL THEN 'restored'
    WHEN was.completed_at IS NULL AND t.completed_at IS NOT NULL THEN 'completed' ELSE 'updated' END;
BEGIN
  IF t IS NOT DISTINCT FROM was THEN
    RETURN;
  END IF;
  IF verb = 'restored' THEN
    PERFORM check_task_quota(t.user_id);
    PERFORM count_tasks(t.user_id, 1);
  END IF;
  UPDATE task SET version = version + 1, updated_at = (act->>'at')::timestamptz,
    title = t.title, notes = t.notes, priority = t.priority, tags = t.tags,
    due_date = t.due_date, due_time = t.due_time, due_zone = t.due_zone,
    rule = t.rule, anchor = t.anchor, reminders = t.reminders,
    series_id = t.series_id, occurrence = t.occurrence, series_start = t.series_start, series_ended = t.series_ended,
    project_id = t.project_id, section_id = t.section_id, parent_id = t.parent_id,
    start_date = t.start_date, deadline = t.deadline, duration_minutes = t.duration_minutes, position = t.position,
    paused = t.paused, usual = t.usual, completed_at = t.completed_at, deleted_at = t.deleted_at,
    advanced_at = CASE WHEN verb = 'completed' THEN NULL ELSE advanced_at END
  WHERE user_id = t.user_id AND id = t.id
  RETURNING * INTO t;
  PERFORM record_change(act, 'task', verb, t.id, t.version, CASE WHEN verb <> 'restored' THEN task_json(was) END, task_json(t));
END $$;

-- {id}: takes a task out of the trash, with the subtasks that were deleted with it. What it was in
-- and is gone it leaves: then it is in the inbox.
CREATE OR REPLACE FUNCTION command_task_restore(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid := act->>'userId';
  root task;
  t    task;
BEGIN
  SELECT * INTO root FROM task WHERE user_id = uid AND id = (command->>'id')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such task');
  ELSIF root.deleted_at IS NULL THEN
    RETURN task_json(root);
  END IF;
  t := root;
  t.deleted_at := NULL;
  IF NOT EXISTS (SELECT FROM task p WHERE p.user_id = uid AND p.id = t.parent_id AND p.deleted_at IS NULL) THEN
    t.parent_id := NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM section s WHERE s.user_id = uid AND s.id = t.section_id AND s.deleted_at IS NULL) THEN
    t.section_id := NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM project p WHERE p.user_id = uid AND p.id = t.project_id AND p.deleted_at IS NULL) THEN
    t.project_id := NULL;
  END IF;
  PERFORM put_back_task(act, root, t);
  PERFORM restore_below(act, root, t.project_id, t.section_id);
  RETURN task_json(live_task(uid, root.id));
END $$;

-- Restores the subtasks that were deleted in the same moment as the task above them.
CREATE OR REPLACE FUNCTION restore_below(act jsonb, above task, project_id uuid, section_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  was task;
  t   task;
BEGIN
  FOR was IN SELECT * FROM task o WHERE o.user_id = above.user_id AND o.parent_id = above.id AND o.deleted_at = above.deleted_at ORDER BY o.id LOOP
    t := was;
    t.deleted_at := NULL;
    t.project_id := restore_below.project_id;
    t.section_id := restore_below.section_id;
    PERFORM put_back_task(act, was, t);
    PERFORM restore_below(act, was, project_id, section_id);
  END LOOP;
END $$;
