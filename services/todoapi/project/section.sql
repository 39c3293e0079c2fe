-- Sections of projects.

CREATE OR REPLACE FUNCTION section_json(s section) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', s.id, 'version', s.version, 'projectId', s.project_id, 'name', s.name, 'position', s.position,
    'createdAt', instant(s.created_at), 'updatedAt', instant(s.updated_at))
$$;

-- Returns a section of the user that is not deleted, or fails; field is where it was named.
CREATE OR REPLACE FUNCTION live_section(uid uuid, section_id uuid, field text DEFAULT '') RETURNS section
LANGUAGE plpgsql STABLE AS $$
DECLARE
  s section;
BEGIN
  SELECT * INTO s FROM section WHERE user_id = uid AND id = section_id AND deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail(CASE field WHEN '' THEN 'not_found' ELSE 'invalid' END, field, 'there is no such section');
  END IF;
  RETURN s;
END $$;

CREATE OR REPLACE FUNCTION commanded_section(act jsonb, command jsonb) RETURNS section
LANGUAGE plpgsql AS $$
DECLARE
  s section := live_section((act->>'userId')::uuid, (command->>'id')::uuid);
BEGIN
  PERFORM check_version('section', s.version, command);
  RETURN s;
END $$;

-- Refuses a name that another section of the project has.
CREATE OR REPLACE FUNCTION check_section(s section) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM section o WHERE o.user_id = s.user_id AND o.id <> s.id AND o.deleted_at IS NULL
    AND o.project_id = s.project_id AND name_key(o.name) = name_key(s.name))
  THEN
    PERFORM fail('conflict', 'name', format('the project has a section %s already', s.name));
  END IF;
END $$;

-- Records a change of a section and returns what became of it.
CREATE OR REPLACE FUNCTION record_section(act jsonb, verb text, before section, s section) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  doc jsonb := CASE WHEN s.deleted_at IS NULL THEN section_json(s) END;
BEGIN
  PERFORM record_change(act, 'section', verb, s.id, s.version, CASE WHEN before.id IS NOT NULL THEN section_json(before) END, doc);
  RETURN doc;
END $$;

CREATE OR REPLACE FUNCTION write_section(act jsonb, s section) RETURNS section
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE section SET version = version + 1, updated_at = (act->>'at')::timestamptz,
    project_id = s.project_id, name = s.name, position = s.position, deleted_at = s.deleted_at
  WHERE user_id = s.user_id AND id = s.id
  RETURNING * INTO s;
  RETURN s;
END $$;

-- {id, fields: {projectId, name}}
CREATE OR REPLACE FUNCTION command_section_create(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most CONSTANT int := 100;
  s    section;
BEGIN
  s.id := command->>'id';
  s.user_id := act->>'userId';
  s.project_id := (live_project(s.user_id, (command->'fields'->>'projectId')::uuid, 'projectId')).id;
  s.name := command->'fields'->>'name';
  IF EXISTS (SELECT FROM section o WHERE o.id = s.id) THEN
    PERFORM fail('conflict', 'id', 'something else has this id');
  END IF;
  IF (SELECT count(*) FROM section o WHERE o.user_id = s.user_id AND o.project_id = s.project_id AND o.deleted_at IS NULL) >= most THEN
    PERFORM fail('conflict', '', format('the project has %s sections already, as many as one may have', most));
  END IF;
  PERFORM check_section(s);
  INSERT INTO section (id, user_id, project_id, name, position, created_at, updated_at)
  VALUES (s.id, s.user_id, s.project_id, s.name, order_key_at(clock_timestamp()), (act->>'at')::timestamptz, (act->>'at')::timestamptz)
  RETURNING * INTO s;
  RETURN record_section(act, 'created', NULL, s);
END $$;

-- {id, ifVersion?, fields: {name?}}
CREATE OR REPLACE FUNCTION command_section_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before section := commanded_section(act, command);
  s      section := before;
BEGIN
  s.name := coalesce(command->'fields'->>'name', s.name);
  IF s IS NOT DISTINCT FROM before THEN
    RETURN section_json(before);
  END IF;
  PERFORM check_section(s);
  RETURN record_section(act, 'updated', before, write_section(act, s));
END $$;

-- {id, ifVersion?, fields: {projectId} or {before} or {after}}: puts a section last in a project,
-- or beside another one; its tasks go with it.
CREATE OR REPLACE FUNCTION command_section_move(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before section := commanded_section(act, command);
  s      section := before;
  fields jsonb := command->'fields';
  beside section;
BEGIN
  IF fields ?| '{before,after}' THEN
    beside := live_section(s.user_id, coalesce(fields->>'before', fields->>'after')::uuid,
      CASE WHEN fields ? 'before' THEN 'before' ELSE 'after' END);
    s.project_id := beside.project_id;
    s.position := order_key_beside(
      ARRAY(SELECT o.position FROM section o WHERE o.user_id = s.user_id AND o.deleted_at IS NULL AND o.id <> s.id
        AND o.project_id = s.project_id),
      beside.position, fields ? 'before');
  ELSE
    s.project_id := (live_project(s.user_id, (fields->>'projectId')::uuid, 'projectId')).id;
    s.position := order_key_at(clock_timestamp());
  END IF;
  PERFORM check_section(s);
  s := write_section(act, s);
  IF s.project_id <> before.project_id THEN
    PERFORM place_tasks(act, ARRAY(SELECT t.id FROM task t WHERE t.user_id = s.user_id AND t.section_id = s.id AND t.deleted_at IS NULL),
      s.project_id, s.id);
  END IF;
  RETURN record_section(act, 'updated', before, s);
END $$;

-- {id, ifVersion?}: deletes a section with its tasks.
CREATE OR REPLACE FUNCTION command_section_delete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  s section := commanded_section(act, command);
BEGIN
  PERFORM delete_tasks(act, ARRAY(SELECT t.id FROM task t WHERE t.user_id = s.user_id AND t.section_id = s.id AND t.deleted_at IS NULL));
  PERFORM delete_section(act, s);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION delete_section(act jsonb, before section) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  s section := before;
BEGIN
  s.deleted_at := act->>'at';
  PERFORM record_section(act, 'deleted', before, write_section(act, s));
END $$;

CREATE OR REPLACE FUNCTION op_get_section(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT section_json(live_section((args->>'userId')::uuid, (args->>'id')::uuid))
$$;
