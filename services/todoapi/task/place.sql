-- Where a task is: in a project and a section of it, under another task. A subtask is where its
-- parent is.

-- A task and what lies under it nests at most so deep, and one act deletes at most so many.
CREATE OR REPLACE FUNCTION most_task_levels() RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT 5
$$;

CREATE OR REPLACE FUNCTION most_tasks_of_act() RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT 5000
$$;

-- All under a task that are not deleted, with their levels from 1.
CREATE OR REPLACE FUNCTION subtasks(root task) RETURNS TABLE (id uuid, level int)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree (id, level) AS (
    SELECT t.id, 1 FROM task t WHERE t.user_id = root.user_id AND t.parent_id = root.id AND t.deleted_at IS NULL
    UNION ALL
    SELECT t.id, tree.level + 1 FROM tree JOIN task t ON t.user_id = root.user_id AND t.parent_id = tree.id AND t.deleted_at IS NULL
  )
  SELECT tree.id, tree.level FROM tree ORDER BY tree.level, tree.id
$$;

-- The tasks that a task is part of, the nearest first.
CREATE OR REPLACE FUNCTION tasks_above(t task) RETURNS TABLE (id uuid, level int)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up (id, level) AS (
    SELECT t.parent_id, 1 WHERE t.parent_id IS NOT NULL
    UNION ALL
    SELECT o.parent_id, up.level + 1 FROM up JOIN task o ON o.user_id = t.user_id AND o.id = up.id WHERE o.parent_id IS NOT NULL
  )
  SELECT up.id, up.level FROM up ORDER BY up.level
$$;

-- Returns the task that a row is to be part of, or fails.
CREATE OR REPLACE FUNCTION parent_for(t task, parent_id uuid) RETURNS task
LANGUAGE plpgsql STABLE AS $$
DECLARE
  parent task;
  below  int := coalesce((SELECT max(level) FROM subtasks(t)), 0);
BEGIN
  SELECT * INTO parent FROM task WHERE user_id = t.user_id AND id = parent_for.parent_id AND deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail('invalid', 'parentId', 'there is no such task');
  ELSIF parent.completed_at IS NOT NULL AND t.completed_at IS NULL THEN
    PERFORM fail('invalid', 'parentId', 'is completed; reopen it first');
  ELSIF parent.id = t.id OR EXISTS (SELECT FROM subtasks(t) s WHERE s.id = parent.id) THEN
    PERFORM fail('invalid', 'parentId', 'must not be the task itself or one of its subtasks');
  ELSIF (SELECT count(*) FROM tasks_above(parent)) + 2 + below > most_task_levels() THEN
    PERFORM fail('invalid', 'parentId', format('tasks nest at most %s levels deep', most_task_levels()));
  END IF;
  RETURN parent;
END $$;

-- Sets the place that is named on a row that is about to be written: a parent brings its project
-- and section, a section its project. A task that goes elsewhere leaves its parent.
CREATE OR REPLACE FUNCTION with_place(t task, fields jsonb) RETURNS task
LANGUAGE plpgsql AS $$
DECLARE
  before task := t;
  parent task;
BEGIN
  IF NOT fields ?| '{projectId,sectionId,parentId}' THEN
    RETURN t;
  END IF;
  IF fields ? 'projectId' THEN
    t.project_id := CASE WHEN fields->>'projectId' IS NOT NULL
      THEN (live_project(t.user_id, (fields->>'projectId')::uuid, 'projectId')).id END;
    t.section_id := CASE WHEN t.project_id = before.project_id THEN t.section_id END;
  END IF;
  IF fields ? 'sectionId' THEN
    t := in_section(t, (fields->>'sectionId')::uuid, fields ? 'projectId');
  END IF;
  IF fields->>'parentId' IS NULL THEN
    t.parent_id := CASE WHEN NOT fields ? 'parentId'
      AND (t.project_id, t.section_id) IS NOT DISTINCT FROM (before.project_id, before.section_id) THEN t.parent_id END;
    RETURN t;
  END IF;
  parent := parent_for(t, (fields->>'parentId')::uuid);
  IF fields ? 'projectId' AND t.project_id IS DISTINCT FROM parent.project_id THEN
    PERFORM fail('invalid', 'projectId', 'is not that of the parent; leave it out, or parentId');
  ELSIF fields ? 'sectionId' AND t.section_id IS DISTINCT FROM parent.section_id THEN
    PERFORM fail('invalid', 'sectionId', 'is not that of the parent; leave it out, or parentId');
  END IF;
  t.parent_id := parent.id;
  t.project_id := parent.project_id;
  t.section_id := parent.section_id;
  RETURN t;
END $$;

-- Puts a new row into a project and section by their names: {project, section?, create?}. Of
-- several projects of a name the outermost one counts, of those the first.
CREATE OR REPLACE FUNCTION in_named_place(act jsonb, t task, place jsonb) RETURNS task
LANGUAGE plpgsql AS $$
BEGIN
  SELECT p.id INTO t.project_id FROM project p
  WHERE p.user_id = t.user_id AND p.deleted_at IS NULL AND p.archived_at IS NULL AND name_key(p.name) = name_key(place->>'project')
  ORDER BY project_level(t.user_id, p.id), p.position, p.id LIMIT 1;
  IF NOT FOUND THEN
    t.project_id := make_place(act, place, 'project', jsonb_build_object('name', place->'project'));
  END IF;
  IF place ? 'section' THEN
    SELECT s.id INTO t.section_id FROM section s
    WHERE s.user_id = t.user_id AND s.project_id = t.project_id AND s.deleted_at IS NULL AND name_key(s.name) = name_key(place->>'section');
    IF NOT FOUND THEN
      t.section_id := make_place(act, place, 'section', jsonb_build_object('name', place->'section', 'projectId', t.project_id));
    END IF;
  END IF;
  RETURN t;
END $$;

-- Makes a project or section that is not there, if that is wanted.
CREATE OR REPLACE FUNCTION make_place(act jsonb, place jsonb, kind text, fields jsonb) RETURNS uuid
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT coalesce((place->>'create')::boolean, false) THEN
    PERFORM fail('invalid', kind, format('%s is not there; add it first', to_json(place->>kind)));
  END IF;
  RETURN run_command(act, jsonb_build_object('name', kind || '.create', 'id', new_event_id(), 'fields', fields))->>'id';
END $$;

-- Puts a row into a section, NULL for none. Where its project is named too, it must be the section's.
CREATE OR REPLACE FUNCTION in_section(t task, section_id uuid, projected boolean) RETURNS task
LANGUAGE plpgsql AS $$
DECLARE
  s section;
BEGIN
  IF section_id IS NOT NULL THEN
    s := live_section(t.user_id, section_id, 'sectionId');
    IF projected AND s.project_id IS DISTINCT FROM t.project_id THEN
      PERFORM fail('invalid', 'sectionId', 'is a section of another project');
    END IF;
    t.project_id := s.project_id;
  END IF;
  t.section_id := s.id;
  RETURN t;
END $$;

-- {id, ifVersion?, fields: {projectId?, sectionId?, parentId?} or {before} or {after}}: puts a task
-- last in a place, or beside another task.
CREATE OR REPLACE FUNCTION command_task_move(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := commanded_task(act, command);
  t      task := before;
  fields jsonb := command->'fields';
  doc    jsonb;
BEGIN
  IF fields ?| '{before,after}' THEN
    t := beside_task(t, (SELECT key FROM jsonb_object_keys(fields) AS key LIMIT 1), fields);
  ELSE
    t := with_place(t, fields);
    t.position := order_key_at(clock_timestamp());
  END IF;
  doc := write_task(act, 'updated', t);
  PERFORM bring_subtasks(act, before, t);
  RETURN doc;
END $$;

-- Puts a row before or after the task that is named so.
CREATE OR REPLACE FUNCTION beside_task(t task, side text, fields jsonb) RETURNS task
LANGUAGE plpgsql AS $$
DECLARE
  beside task;
BEGIN
  SELECT * INTO beside FROM task WHERE user_id = t.user_id AND id = (fields->>side)::uuid AND deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail('invalid', side, 'there is no such task');
  ELSIF beside.id = t.id THEN
    PERFORM fail('invalid', side, 'must be another task');
  END IF;
  IF beside.parent_id IS NOT NULL THEN
    t.parent_id := (parent_for(t, beside.parent_id)).id;
  ELSE
    t.parent_id := NULL;
  END IF;
  t.project_id := beside.project_id;
  t.section_id := beside.section_id;
  t.position := order_key_beside(
    ARRAY(SELECT position_of(o) FROM task o WHERE o.user_id = t.user_id AND o.deleted_at IS NULL AND o.id <> t.id
      AND (o.project_id, o.section_id, o.parent_id) IS NOT DISTINCT FROM (t.project_id, t.section_id, t.parent_id)),
    position_of(beside), side = 'before');
  RETURN t;
END $$;

CREATE OR REPLACE FUNCTION position_of(t task) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(t.position, order_key_at(t.created_at))
$$;

-- Brings the subtasks of a task to where it is now.
CREATE OR REPLACE FUNCTION bring_subtasks(act jsonb, before task, t task) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF (before.project_id, before.section_id) IS DISTINCT FROM (t.project_id, t.section_id) THEN
    PERFORM place_tasks(act, ARRAY(SELECT id FROM subtasks(t)), t.project_id, t.section_id);
  END IF;
END $$;

-- Puts tasks into a project and a section without a look at their parents.
CREATE OR REPLACE FUNCTION place_tasks(act jsonb, ids uuid[], project_id uuid, section_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  part record;
BEGIN
  FOR part IN SELECT * FROM parts_of_act(cardinality(ids)) LOOP
    PERFORM write_tasks(act, 'updated', ARRAY(SELECT as_placed(t, place_tasks.project_id, place_tasks.section_id)
      FROM task t WHERE t.user_id = (act->>'userId')::uuid AND t.id = ANY (ids[part.first:part.last])));
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION as_placed(t task, project_id uuid, section_id uuid) RETURNS task
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  t.project_id := as_placed.project_id;
  t.section_id := as_placed.section_id;
  RETURN t;
END $$;

-- Completes what is open under a task that was completed. Nothing follows such a subtask, also
-- if it repeats: it comes back with the next occurrence of the task.
CREATE OR REPLACE FUNCTION complete_subtasks(act jsonb, root task) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  ids  uuid[] := ARRAY(SELECT id FROM subtasks(root));
  part record;
BEGIN
  FOR part IN SELECT * FROM parts_of_act(cardinality(ids)) LOOP
    PERFORM write_tasks(act, 'completed', ARRAY(SELECT as_settled(as_completed(act, t))
      FROM task t WHERE t.user_id = root.user_id AND t.id = ANY (ids[part.first:part.last]) AND t.completed_at IS NULL));
  END LOOP;
END $$;

-- A completed row that nothing follows.
CREATE OR REPLACE FUNCTION as_settled(t task) RETURNS task
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  t.advanced_at := CASE WHEN t.rule IS NOT NULL THEN t.completed_at END;
  RETURN t;
END $$;

CREATE OR REPLACE FUNCTION delete_tasks(act jsonb, ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  part record;
BEGIN
  FOR part IN SELECT * FROM parts_of_act(cardinality(ids)) LOOP
    PERFORM write_tasks(act, 'deleted', ARRAY(SELECT as_deleted(act, t)
      FROM task t WHERE t.user_id = (act->>'userId')::uuid AND t.id = ANY (ids[part.first:part.last])));
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION as_deleted(act jsonb, t task) RETURNS task
LANGUAGE plpgsql STABLE AS $$
BEGIN
  t.deleted_at := act->>'at';
  RETURN t;
END $$;

-- Where the parts of so many tasks begin and end: what is in a part, as it was and as it is, has to
-- be in memory at once. An act that would change more tasks than a request has time for is refused.
CREATE OR REPLACE FUNCTION parts_of_act(tasks int) RETURNS TABLE (first int, last int)
LANGUAGE plpgsql AS $$
DECLARE
  size CONSTANT int := 100;
BEGIN
  IF tasks > most_tasks_of_act() THEN
    PERFORM fail('conflict', '', format('this would change %s tasks, and one act changes at most %s; move or delete some of them first',
      tasks, most_tasks_of_act()));
  END IF;
  RETURN QUERY SELECT n, n + size - 1 FROM generate_series(1, tasks, size) n;
END $$;
