-- Filters that people keep.

CREATE OR REPLACE FUNCTION filter_json(f filter) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', f.id, 'version', f.version, 'name', f.name, 'query', f.query, 'colour', f.colour,
    'favourite', f.favourite, 'position', f.position, 'createdAt', instant(f.created_at), 'updatedAt', instant(f.updated_at))
$$;

-- Returns the filter of a command at the version that it names.
CREATE OR REPLACE FUNCTION commanded_filter(act jsonb, command jsonb) RETURNS filter
LANGUAGE plpgsql AS $$
DECLARE
  f filter;
BEGIN
  SELECT * INTO f FROM filter WHERE user_id = (act->>'userId')::uuid AND id = (command->>'id')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such filter');
  END IF;
  PERFORM check_version('filter', f.version, command);
  RETURN f;
END $$;

CREATE OR REPLACE FUNCTION check_filter(f filter) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM filter o WHERE o.user_id = f.user_id AND o.id <> f.id AND name_key(o.name) = name_key(f.name)) THEN
    PERFORM fail('conflict', 'name', format('there is a filter %s already', f.name));
  END IF;
END $$;

-- {id, fields: {name, query, colour?, favourite?}}
CREATE OR REPLACE FUNCTION command_filter_create(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most   CONSTANT int := 200;
  fields jsonb := command->'fields';
  f      filter;
BEGIN
  f.id := command->>'id';
  f.user_id := act->>'userId';
  f.name := fields->>'name';
  IF EXISTS (SELECT FROM filter o WHERE o.id = f.id) THEN
    PERFORM fail('conflict', 'id', 'something else has this id');
  ELSIF (SELECT count(*) FROM filter o WHERE o.user_id = f.user_id) >= most THEN
    PERFORM fail('conflict', '', format('there are %s filters already, as many as an account may have; delete some first', most));
  END IF;
  PERFORM check_filter(f);
  INSERT INTO filter (id, user_id, name, query, colour, favourite, position, created_at, updated_at)
  VALUES (f.id, f.user_id, f.name, fields->>'query', coalesce(fields->>'colour', 'grey'), coalesce((fields->>'favourite')::boolean, false),
    order_key_at(clock_timestamp()), (act->>'at')::timestamptz, (act->>'at')::timestamptz)
  RETURNING * INTO f;
  PERFORM record_change(act, 'filter', 'created', f.id, f.version, NULL, filter_json(f));
  RETURN filter_json(f);
END $$;

-- Writes a row that was changed, as its next version, and records the change.
CREATE OR REPLACE FUNCTION write_filter(act jsonb, before filter, f filter) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  IF f IS NOT DISTINCT FROM before THEN
    RETURN filter_json(f);
  END IF;
  PERFORM check_filter(f);
  UPDATE filter SET version = version + 1, updated_at = (act->>'at')::timestamptz,
    name = f.name, query = f.query, colour = f.colour, favourite = f.favourite, position = f.position
  WHERE user_id = f.user_id AND id = f.id
  RETURNING * INTO f;
  PERFORM record_change(act, 'filter', 'updated', f.id, f.version, filter_json(before), filter_json(f));
  RETURN filter_json(f);
END $$;

-- {id, ifVersion?, fields}
CREATE OR REPLACE FUNCTION command_filter_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before filter := commanded_filter(act, command);
  fields jsonb := command->'fields';
  f      filter := before;
BEGIN
  f.name := coalesce(fields->>'name', f.name);
  f.query := coalesce(fields->>'query', f.query);
  f.colour := coalesce(fields->>'colour', f.colour);
  f.favourite := coalesce((fields->>'favourite')::boolean, f.favourite);
  RETURN write_filter(act, before, f);
END $$;

-- {id, ifVersion?, fields: {before} or {after}}: puts a filter beside another one.
CREATE OR REPLACE FUNCTION command_filter_move(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before filter := commanded_filter(act, command);
  fields jsonb := command->'fields';
  f      filter := before;
  beside filter;
BEGIN
  SELECT * INTO beside FROM filter o WHERE o.user_id = f.user_id AND o.id = coalesce(fields->>'before', fields->>'after')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('invalid', CASE WHEN fields ? 'before' THEN 'before' ELSE 'after' END, 'there is no such filter');
  END IF;
  f.position := order_key_beside(ARRAY(SELECT o.position FROM filter o WHERE o.user_id = f.user_id AND o.id <> f.id),
    beside.position, fields ? 'before');
  RETURN write_filter(act, before, f);
END $$;

-- {id, ifVersion?}
CREATE OR REPLACE FUNCTION command_filter_delete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM delete_filter(act, commanded_filter(act, command));
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION delete_filter(act jsonb, f filter) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM filter WHERE user_id = f.user_id AND id = f.id;
  PERFORM record_change(act, 'filter', 'deleted', f.id, f.version + 1, filter_json(f), NULL);
END $$;

-- {userId} -> [filter], in order.
CREATE OR REPLACE FUNCTION op_list_filters(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(filter_json(f) ORDER BY f.position, f.id), '[]') FROM filter f WHERE f.user_id = (args->>'userId')::uuid
$$;

-- Takes back what an act made of a filter; see command_act_undo.
CREATE OR REPLACE FUNCTION undo_filter(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  was filter;
  f   filter;
  doc jsonb := before;
BEGIN
  SELECT * INTO was FROM filter o WHERE o.user_id = (act->>'userId')::uuid AND o.id = undo_filter.id;
  IF before IS NULL AND NOT FOUND THEN
    RETURN; -- it is so already
  ELSIF after IS NOT NULL THEN
    doc := taken_back('filter', CASE WHEN was.id IS NOT NULL THEN filter_json(was) END, before, after);
  END IF;
  IF before IS NULL THEN
    PERFORM delete_filter(act, was);
  ELSIF was.id IS NULL THEN
    INSERT INTO filter (id, user_id, version, name, query, colour, favourite, position, created_at, updated_at)
    VALUES (undo_filter.id, (act->>'userId')::uuid, (doc->>'version')::bigint + 2, doc->>'name', doc->>'query', doc->>'colour',
      (doc->>'favourite')::boolean, doc->>'position', (doc->>'createdAt')::timestamptz, (act->>'at')::timestamptz)
    RETURNING * INTO f;
    PERFORM check_filter(f);
    PERFORM record_change(act, 'filter', 'created', f.id, f.version, NULL, filter_json(f));
  ELSE
    f := was;
    f.name := doc->>'name';
    f.query := doc->>'query';
    f.colour := doc->>'colour';
    f.favourite := doc->>'favourite';
    f.position := doc->>'position';
    PERFORM write_filter(act, was, f);
  END IF;
END $$;
