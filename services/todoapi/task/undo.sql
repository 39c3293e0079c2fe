-- Taking back what was done with tasks: undo, and the way out of the trash.

-- Takes back what an act made of tasks, whose first and last change by it have these seqs; see
-- command_act_undo. An occurrence that was withdrawn comes again by itself, and one that was made
-- may be gone already.
CREATE OR REPLACE FUNCTION undo_tasks(act jsonb, ids uuid[], firsts bigint[], lasts bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  uid   uuid := act->>'userId';
  part  record;
  verb  text;
  tasks task[];
BEGIN
  FOR part IN SELECT * FROM parts_of_act(cardinality(ids)) LOOP
    FOR verb, tasks IN
      WITH changed AS (
        SELECT o, f.data->'before' AS before, l.data->'after' AS after
        FROM unnest(ids[part.first:part.last], firsts[part.first:part.last], lasts[part.first:part.last]) u (id, first, last)
        JOIN task o ON o.user_id = uid AND o.id = u.id
        JOIN event f ON f.user_id = uid AND f.seq = u.first JOIN event l ON l.user_id = uid AND l.seq = u.last
      ), undone AS MATERIALIZED (
        SELECT c.o AS was, undone_task(act, c.o, c.before, c.after) AS t FROM changed c
        WHERE (c.after IS NOT NULL OR (c.o).deleted_at IS NOT NULL) AND (c.before IS NOT NULL OR (c.o).deleted_at IS NULL)
      )
      SELECT verb_between(u.was, u.t), array_agg(u.t) FROM undone u WHERE u.t IS DISTINCT FROM u.was GROUP BY 1
    LOOP
      PERFORM write_tasks(act, verb, tasks);
      IF verb = 'reopened' THEN
        PERFORM withdraw_next(act, t) FROM unnest(tasks) t;
      END IF;
    END LOOP;
  END LOOP;
END $$;

-- A row as it is without what an act made of it. Whether something follows a completion is settled
-- anew.
CREATE OR REPLACE FUNCTION undone_task(act jsonb, was task, before jsonb, after jsonb) RETURNS task
LANGUAGE plpgsql STABLE AS $$
DECLARE
  doc jsonb := CASE WHEN after IS NULL THEN before ELSE taken_back('task', task_doc(was), before, after) END;
  t   task;
BEGIN
  IF before IS NULL THEN
    RETURN as_deleted(act, was);
  END IF;
  t := as_recorded(was, doc);
  IF was.deleted_at IS NULL AND (was.completed_at IS NULL) <> (t.completed_at IS NULL) THEN
    t.advanced_at := NULL;
  END IF;
  RETURN t;
END $$;

-- What it means for a task that one row takes the place of another.
CREATE OR REPLACE FUNCTION verb_between(was task, t task) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN t.deleted_at IS NOT NULL THEN 'deleted'
    WHEN was.deleted_at IS NOT NULL THEN 'restored'
    WHEN was.completed_at IS NULL AND t.completed_at IS NOT NULL THEN 'completed'
    WHEN was.completed_at IS NOT NULL AND t.completed_at IS NULL THEN 'reopened'
    ELSE 'updated' END
$$;

-- A row with what a recorded task says.
CREATE OR REPLACE FUNCTION as_recorded(t task, doc jsonb) RETURNS task
LANGUAGE plpgsql STABLE AS $$
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
  gone  text;
  title text;
BEGIN
  -- Places are few, so they are looked up in a table of them all and not one by one.
  SELECT place, t.title INTO gone, title
  FROM (SELECT o.title, CASE
      WHEN o.project_id IS NOT NULL AND o.project_id NOT IN (SELECT p.id FROM project p WHERE p.user_id = uid AND p.deleted_at IS NULL) THEN 'project'
      WHEN o.section_id IS NOT NULL AND o.section_id NOT IN (SELECT s.id FROM section s WHERE s.user_id = uid AND s.deleted_at IS NULL) THEN 'section'
      WHEN o.parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM task p WHERE p.user_id = uid AND p.id = o.parent_id AND p.deleted_at IS NULL) THEN 'parent' END AS place
    FROM task o WHERE o.user_id = uid AND o.id = ANY (ids) AND o.deleted_at IS NULL) t
  WHERE place IS NOT NULL LIMIT 1;
  IF FOUND THEN
    PERFORM fail('conflict', '', format('the %s of the task %s was deleted since; undo that first', gone, to_json(title)));
  END IF;
  SELECT p.title INTO title FROM task p JOIN task t ON t.user_id = uid AND t.parent_id = p.id AND t.deleted_at IS NULL
  WHERE p.user_id = uid AND p.id = ANY (ids) AND p.deleted_at IS NOT NULL LIMIT 1;
  IF FOUND THEN
    PERFORM fail('conflict', '', format('the task %s has got subtasks since; undo that first', to_json(title)));
  END IF;
END $$;

-- {id}: takes a task out of the trash, with the subtasks that were deleted with it. What it was in
-- and is gone it leaves: then it is in the inbox.
CREATE OR REPLACE FUNCTION command_task_restore(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid := act->>'userId';
  root task;
  t    task;
  ids  uuid[];
  part record;
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
  PERFORM write_task(act, 'restored', t);
  ids := ARRAY(SELECT id FROM deleted_with(root));
  FOR part IN SELECT * FROM parts_of_act(cardinality(ids)) LOOP
    PERFORM write_tasks(act, 'restored', ARRAY(SELECT as_restored(o, t.project_id, t.section_id)
      FROM task o WHERE o.user_id = uid AND o.id = ANY (ids[part.first:part.last])));
  END LOOP;
  RETURN task_json(live_task(uid, root.id));
END $$;

-- The subtasks that were deleted in the same moment as the task above them.
CREATE OR REPLACE FUNCTION deleted_with(root task) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree (id) AS (
    SELECT t.id FROM task t WHERE t.user_id = root.user_id AND t.parent_id = root.id AND t.deleted_at = root.deleted_at
    UNION ALL
    SELECT t.id FROM tree JOIN task t ON t.user_id = root.user_id AND t.parent_id = tree.id AND t.deleted_at = root.deleted_at
  )
  SELECT tree.id FROM tree
$$;

CREATE OR REPLACE FUNCTION as_restored(t task, project_id uuid, section_id uuid) RETURNS task
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  t := as_placed(t, project_id, section_id);
  t.deleted_at := NULL;
  RETURN t;
END $$;
