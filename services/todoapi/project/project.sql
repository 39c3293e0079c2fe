-- Projects. Deleted ones stay for a time, so that what was deleted with them can come back.

CREATE OR REPLACE FUNCTION project_json(p project) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', p.id, 'version', p.version, 'name', p.name, 'colour', p.colour, 'favourite', p.favourite,
    'parentId', p.parent_id, 'position', p.position, 'archivedAt', instant(p.archived_at),
    'createdAt', instant(p.created_at), 'updatedAt', instant(p.updated_at))
$$;

-- Returns a project of the user that is not deleted, or fails; field is where it was named.
CREATE OR REPLACE FUNCTION live_project(uid uuid, project_id uuid, field text DEFAULT '') RETURNS project
LANGUAGE plpgsql STABLE AS $$
DECLARE
  p project;
BEGIN
  SELECT * INTO p FROM project WHERE user_id = uid AND id = project_id AND deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail(CASE field WHEN '' THEN 'not_found' ELSE 'invalid' END, field, 'there is no such project');
  END IF;
  RETURN p;
END $$;

-- Returns the project of a command at the version that it names.
CREATE OR REPLACE FUNCTION commanded_project(act jsonb, command jsonb) RETURNS project
LANGUAGE plpgsql AS $$
DECLARE
  p project := live_project((act->>'userId')::uuid, (command->>'id')::uuid);
BEGIN
  PERFORM check_version('project', p.version, command);
  RETURN p;
END $$;

-- A project and all below it that are not deleted, itself first, with their levels from 1.
CREATE OR REPLACE FUNCTION project_tree(uid uuid, root uuid) RETURNS TABLE (id uuid, level int)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree (id, level) AS (
    SELECT root, 1
    UNION ALL
    SELECT p.id, t.level + 1 FROM tree t JOIN project p ON p.user_id = uid AND p.parent_id = t.id AND p.deleted_at IS NULL
  )
  SELECT tree.id, tree.level FROM tree ORDER BY tree.level
$$;

-- How deep a project lies: 1 for one without a parent.
CREATE OR REPLACE FUNCTION project_level(uid uuid, project_id uuid) RETURNS int
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up (parent_id) AS (
    SELECT p.parent_id FROM project p WHERE p.user_id = uid AND p.id = project_id
    UNION ALL
    SELECT p.parent_id FROM up JOIN project p ON p.user_id = uid AND p.id = up.parent_id
  )
  SELECT count(*)::int FROM up
$$;

-- Refuses a place in the tree that there is not, that lies in the project itself, or is too
-- deep, and a name that a sibling has.
CREATE OR REPLACE FUNCTION check_project(p project) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  most_levels CONSTANT int := 5;
  parent project;
BEGIN
  IF p.parent_id IS NOT NULL THEN
    parent := live_project(p.user_id, p.parent_id, 'parentId');
    IF EXISTS (SELECT FROM project_tree(p.user_id, p.id) t WHERE t.id = p.parent_id) THEN
      PERFORM fail('invalid', 'parentId', 'must not be the project itself or one below it');
    END IF;
    IF project_level(p.user_id, p.parent_id) + (SELECT max(level) FROM project_tree(p.user_id, p.id)) > most_levels THEN
      PERFORM fail('invalid', 'parentId', format('projects nest at most %s levels deep', most_levels));
    END IF;
  END IF;
  IF EXISTS (SELECT FROM project o WHERE o.user_id = p.user_id AND o.id <> p.id AND o.deleted_at IS NULL
    AND o.parent_id IS NOT DISTINCT FROM p.parent_id AND name_key(o.name) = name_key(p.name))
  THEN
    PERFORM fail('conflict', 'name', format('there is a project %s already', p.name));
  END IF;
END $$;

-- Sets the fields that are named on a row that is about to be written.
CREATE OR REPLACE FUNCTION with_project_fields(p project, fields jsonb) RETURNS project
LANGUAGE plpgsql AS $$
BEGIN
  IF fields ? 'name' THEN p.name := fields->>'name'; END IF;
  IF fields ? 'colour' THEN p.colour := fields->>'colour'; END IF;
  IF fields ? 'favourite' THEN p.favourite := fields->>'favourite'; END IF;
  IF fields ? 'parentId' THEN p.parent_id := fields->>'parentId'; END IF;
  RETURN p;
END $$;

-- {id, fields}
CREATE OR REPLACE FUNCTION command_project_create(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most CONSTANT int := 500;
  p    project;
BEGIN
  p.id := command->>'id';
  p.user_id := act->>'userId';
  p.colour := 'grey';
  p.favourite := false;
  p := with_project_fields(p, command->'fields');
  IF EXISTS (SELECT FROM project o WHERE o.id = p.id) THEN
    PERFORM fail('conflict', 'id', 'something else has this id');
  END IF;
  IF (SELECT count(*) FROM project o WHERE o.user_id = p.user_id AND o.deleted_at IS NULL) >= most THEN
    PERFORM fail('conflict', '', format('there are %s projects already, as many as an account may have; delete some first', most));
  END IF;
  PERFORM check_project(p);
  INSERT INTO project (id, user_id, name, colour, favourite, parent_id, position, created_at, updated_at)
  VALUES (p.id, p.user_id, p.name, p.colour, p.favourite, p.parent_id, order_key_at(clock_timestamp()),
    (act->>'at')::timestamptz, (act->>'at')::timestamptz)
  RETURNING * INTO p;
  RETURN record_project(act, 'created', NULL, p);
END $$;

-- Records a change of a project and returns what became of it.
CREATE OR REPLACE FUNCTION record_project(act jsonb, verb text, before project, p project) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  doc jsonb := CASE WHEN p.deleted_at IS NULL THEN project_json(p) END;
BEGIN
  PERFORM record_change(act, 'project', verb, p.id, p.version, CASE WHEN before.id IS NOT NULL THEN project_json(before) END, doc);
  RETURN doc;
END $$;

-- Writes a row that was changed, as its next version.
CREATE OR REPLACE FUNCTION write_project(act jsonb, p project) RETURNS project
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE project SET version = version + 1, updated_at = (act->>'at')::timestamptz,
    name = p.name, colour = p.colour, favourite = p.favourite, parent_id = p.parent_id, position = p.position,
    archived_at = p.archived_at, deleted_at = p.deleted_at
  WHERE user_id = p.user_id AND id = p.id
  RETURNING * INTO p;
  RETURN p;
END $$;

-- {id, ifVersion?, fields}
CREATE OR REPLACE FUNCTION command_project_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before project := commanded_project(act, command);
  p      project := with_project_fields(before, command->'fields');
BEGIN
  IF p IS NOT DISTINCT FROM before THEN
    RETURN project_json(before);
  END IF;
  PERFORM check_project(p);
  RETURN record_project(act, 'updated', before, write_project(act, p));
END $$;

-- {id, ifVersion?, fields: {parentId?} or {before} or {after}}: puts a project last among those
-- of a parent, or beside another one.
CREATE OR REPLACE FUNCTION command_project_move(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before  project := commanded_project(act, command);
  p       project := before;
  fields  jsonb := command->'fields';
  beside  project;
BEGIN
  IF fields ?| '{before,after}' THEN
    beside := live_project(p.user_id, coalesce(fields->>'before', fields->>'after')::uuid,
      CASE WHEN fields ? 'before' THEN 'before' ELSE 'after' END);
    p.parent_id := beside.parent_id;
    p.position := order_key_beside(
      ARRAY(SELECT o.position FROM project o WHERE o.user_id = p.user_id AND o.deleted_at IS NULL AND o.id <> p.id
        AND o.parent_id IS NOT DISTINCT FROM p.parent_id),
      beside.position, fields ? 'before');
  ELSE
    p := with_project_fields(p, fields);
    p.position := order_key_at(clock_timestamp());
  END IF;
  PERFORM check_project(p);
  RETURN record_project(act, 'updated', before, write_project(act, p));
END $$;

-- {id, ifVersion?}: hides a project, and its tasks from lists; those below it with it.
CREATE OR REPLACE FUNCTION command_project_archive(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT archive_projects(act, command, (act->>'at')::timestamptz)
$$;

-- {id, ifVersion?}: shows a project again, and those below it.
CREATE OR REPLACE FUNCTION command_project_unarchive(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT archive_projects(act, command, NULL)
$$;

CREATE OR REPLACE FUNCTION archive_projects(act jsonb, command jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  root   project := commanded_project(act, command);
  before project;
  p      project;
BEGIN
  FOR before IN
    SELECT o.* FROM project o JOIN project_tree(root.user_id, root.id) t ON t.id = o.id
    WHERE (o.archived_at IS NULL) <> (at IS NULL) ORDER BY t.level, o.id
  LOOP
    p := before;
    p.archived_at := at;
    PERFORM record_project(act, 'updated', before, write_project(act, p));
  END LOOP;
  RETURN project_json(live_project(root.user_id, root.id));
END $$;

-- {id, ifVersion?}: deletes a project with those below it, their sections and their tasks.
CREATE OR REPLACE FUNCTION command_project_delete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  root   project := commanded_project(act, command);
  doomed uuid[] := ARRAY(SELECT id FROM project_tree(root.user_id, root.id) ORDER BY level DESC, id); -- the outermost last
  before project;
  p      project;
BEGIN
  PERFORM delete_tasks(act, ARRAY(SELECT t.id FROM task t WHERE t.user_id = root.user_id AND t.project_id = ANY (doomed) AND t.deleted_at IS NULL));
  PERFORM delete_section(act, s) FROM section s WHERE s.user_id = root.user_id AND s.project_id = ANY (doomed) AND s.deleted_at IS NULL;
  FOR before IN SELECT o.* FROM project o WHERE o.user_id = root.user_id AND o.id = ANY (doomed) ORDER BY array_position(doomed, o.id) LOOP
    p := before;
    p.deleted_at := act->>'at';
    PERFORM record_project(act, 'deleted', before, write_project(act, p));
  END LOOP;
  RETURN NULL;
END $$;

-- Projects whose tasks are not in lists.
CREATE OR REPLACE FUNCTION archived_projects(uid uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ARRAY(SELECT id FROM project WHERE user_id = uid AND archived_at IS NOT NULL AND deleted_at IS NULL);
END $$;

-- All projects and sections of a user, each in its order: {userId} -> {projects, sections}.
CREATE OR REPLACE FUNCTION op_list_projects(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid uuid := args->>'userId';
BEGIN
  RETURN jsonb_build_object(
    'projects', coalesce((SELECT jsonb_agg(project_json(p) ORDER BY p.position, p.id) FROM project p
      WHERE p.user_id = uid AND p.deleted_at IS NULL), '[]'),
    'sections', coalesce((SELECT jsonb_agg(section_json(s) ORDER BY s.position, s.id) FROM section s
      WHERE s.user_id = uid AND s.deleted_at IS NULL), '[]'));
END $$;

CREATE OR REPLACE FUNCTION op_get_project(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT project_json(live_project((args->>'userId')::uuid, (args->>'id')::uuid))
$$;

-- Forgets projects and sections that were deleted before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_projects(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  at_most int := args->>'limit';
  pruned  int;
  more    int;
BEGIN
  DELETE FROM section WHERE id IN (SELECT id FROM section WHERE deleted_at < (args->>'before')::timestamptz
    ORDER BY deleted_at LIMIT at_most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  DELETE FROM project WHERE id IN (SELECT id FROM project WHERE deleted_at < (args->>'before')::timestamptz
    ORDER BY deleted_at LIMIT at_most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS more = ROW_COUNT;
  RETURN jsonb_build_object('more', greatest(pruned, more) = at_most);
END $$;
