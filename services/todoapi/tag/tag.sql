-- Tags. Tasks have them by name; a tag is made when it is first used.

CREATE OR REPLACE FUNCTION tag_json(g tag) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', g.id, 'version', g.version, 'name', g.name, 'colour', g.colour, 'favourite', g.favourite,
    'createdAt', instant(g.created_at), 'updatedAt', instant(g.updated_at))
$$;

-- Returns the tag of a command at the version that it names.
CREATE OR REPLACE FUNCTION commanded_tag(act jsonb, command jsonb) RETURNS tag
LANGUAGE plpgsql AS $$
DECLARE
  g tag;
BEGIN
  SELECT * INTO g FROM tag WHERE user_id = (act->>'userId')::uuid AND id = (command->>'id')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such tag');
  END IF;
  PERFORM check_version('tag', g.version, command);
  RETURN g;
END $$;

-- {id, fields: {name, colour?, favourite?}}
CREATE OR REPLACE FUNCTION command_tag_create(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most   CONSTANT int := 1000;
  uid    uuid := act->>'userId';
  fields jsonb := command->'fields';
  g      tag;
BEGIN
  IF EXISTS (SELECT FROM tag WHERE user_id = uid AND name_key(name) = name_key(fields->>'name')) THEN
    PERFORM fail('conflict', 'name', format('there is a tag %s already', fields->>'name'));
  ELSIF EXISTS (SELECT FROM tag WHERE id = (command->>'id')::uuid) THEN
    PERFORM fail('conflict', 'id', 'something else has this id');
  ELSIF (SELECT count(*) FROM tag WHERE user_id = uid) >= most THEN
    PERFORM fail('conflict', '', format('there are %s tags already, as many as an account may have; delete some first', most));
  END IF;
  INSERT INTO tag (id, user_id, name, colour, favourite, created_at, updated_at)
  VALUES ((command->>'id')::uuid, uid, fields->>'name', coalesce(fields->>'colour', 'grey'), coalesce((fields->>'favourite')::boolean, false),
    (act->>'at')::timestamptz, (act->>'at')::timestamptz)
  RETURNING * INTO g;
  PERFORM record_change(act, 'tag', 'created', g.id, g.version, NULL, tag_json(g));
  RETURN tag_json(g);
END $$;

-- Makes the tags that are not there yet, and returns the names as the tags are spelt, each once.
CREATE OR REPLACE FUNCTION known_tags(act jsonb, names text[]) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
  uid    uuid := act->>'userId';
  wanted text;
  spelt  text;
  known  text[] := '{}';
BEGIN
  FOREACH wanted IN ARRAY names LOOP
    SELECT g.name INTO spelt FROM tag g WHERE g.user_id = uid AND name_key(g.name) = name_key(wanted);
    IF NOT FOUND THEN
      spelt := command_tag_create(act, jsonb_build_object('id', new_event_id(), 'fields', jsonb_build_object('name', wanted)))->>'name';
    END IF;
    IF spelt <> ALL (known) THEN
      known := known || spelt;
    END IF;
  END LOOP;
  RETURN known;
END $$;

-- {id, ifVersion?, fields}: a new name is the new name of the tag on all tasks. The name of
-- another tag makes one of the two.
CREATE OR REPLACE FUNCTION command_tag_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before tag := commanded_tag(act, command);
  fields jsonb := command->'fields';
  other  tag;
  g      tag := before;
BEGIN
  g.name := coalesce(fields->>'name', g.name);
  g.colour := coalesce(fields->>'colour', g.colour);
  g.favourite := coalesce((fields->>'favourite')::boolean, g.favourite);
  IF g IS NOT DISTINCT FROM before THEN
    RETURN tag_json(before);
  END IF;
  SELECT * INTO other FROM tag o WHERE o.user_id = g.user_id AND name_key(o.name) = name_key(g.name) AND o.id <> g.id;
  IF FOUND THEN
    PERFORM retag(act, before.name, other.name);
    PERFORM delete_tag(act, before);
    RETURN tag_json(other);
  END IF;
  UPDATE tag SET version = version + 1, updated_at = (act->>'at')::timestamptz, name = g.name, colour = g.colour, favourite = g.favourite
  WHERE user_id = g.user_id AND id = g.id
  RETURNING * INTO g;
  PERFORM record_change(act, 'tag', 'updated', g.id, g.version, tag_json(before), tag_json(g));
  PERFORM retag(act, before.name, g.name);
  RETURN tag_json(g);
END $$;

-- {id, ifVersion?}: takes a tag off all tasks.
CREATE OR REPLACE FUNCTION command_tag_delete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  g tag := commanded_tag(act, command);
BEGIN
  PERFORM retag(act, g.name, NULL);
  PERFORM delete_tag(act, g);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION delete_tag(act jsonb, g tag) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM tag WHERE user_id = g.user_id AND id = g.id;
  PERFORM record_change(act, 'tag', 'deleted', g.id, g.version + 1, tag_json(g), NULL);
END $$;

-- Gives tasks that have a tag another one in its place, or none.
CREATE OR REPLACE FUNCTION retag(act jsonb, old_name text, new_name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid := act->>'userId';
  ids  uuid[] := ARRAY(SELECT id FROM task WHERE user_id = uid AND deleted_at IS NULL AND old_name = ANY (tags));
  part record;
BEGIN
  IF old_name IS NOT DISTINCT FROM new_name THEN
    RETURN;
  END IF;
  FOR part IN SELECT * FROM parts_of_act(cardinality(ids)) LOOP
    PERFORM write_tasks(act, 'updated', ARRAY(SELECT as_retagged(t, old_name, new_name) FROM task t WHERE t.user_id = uid AND t.id = ANY (ids[part.first:part.last])));
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION as_retagged(t task, old_name text, new_name text) RETURNS task
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  t.tags := CASE WHEN new_name IS NULL OR new_name = ANY (t.tags) THEN array_remove(t.tags, old_name)
    ELSE array_replace(t.tags, old_name, new_name) END;
  RETURN t;
END $$;

-- {userId} -> [tag], by name.
CREATE OR REPLACE FUNCTION op_list_tags(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(tag_json(g) ORDER BY name_key(g.name)), '[]') FROM tag g WHERE g.user_id = (args->>'userId')::uuid
$$;

-- Takes back what an act made of a tag; see command_act_undo. The tags of tasks are theirs.
CREATE OR REPLACE FUNCTION undo_tag(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  g   tag;
  was tag;
  doc jsonb := before;
BEGIN
  SELECT * INTO was FROM tag o WHERE o.user_id = (act->>'userId')::uuid AND o.id = undo_tag.id;
  IF before IS NULL THEN
    IF FOUND THEN
      PERFORM taken_back('tag', tag_json(was), before, after);
      PERFORM delete_tag(act, was);
    END IF;
    RETURN;
  ELSIF NOT FOUND THEN
    INSERT INTO tag (id, user_id, version, name, colour, favourite, created_at, updated_at)
    VALUES (undo_tag.id, (act->>'userId')::uuid, (before->>'version')::bigint + 2, before->>'name', before->>'colour', (before->>'favourite')::boolean,
      (before->>'createdAt')::timestamptz, (act->>'at')::timestamptz)
    RETURNING * INTO g;
    PERFORM record_change(act, 'tag', 'created', g.id, g.version, NULL, tag_json(g));
    RETURN;
  END IF;
  IF after IS NOT NULL THEN
    doc := taken_back('tag', tag_json(was), before, after);
  END IF;
  UPDATE tag SET version = version + 1, updated_at = (act->>'at')::timestamptz, name = doc->>'name', colour = doc->>'colour', favourite = (doc->>'favourite')::boolean
  WHERE user_id = was.user_id AND tag.id = was.id
  RETURNING * INTO g;
  PERFORM record_change(act, 'tag', 'updated', g.id, g.version, tag_json(was), tag_json(g));
END $$;
