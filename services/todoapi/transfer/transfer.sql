-- Export and import: all that a user has, page by page, and commands that keep what people cannot
-- set: when something was made and done, and where in its series a task is.

-- One page of what a user has of a kind, in the order of ids: {userId, kind, after?, limit, bytes}
-- -> {items, next}. Nothing of the trash is in it. A page ends early when it grows past args.bytes.
CREATE OR REPLACE FUNCTION op_export_page(args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid     uuid := args->>'userId';
  after   uuid := coalesce(args->>'after', '00000000-0000-0000-0000-000000000000');
  at_most int := args->>'limit';
  ids     uuid[] := exported_ids(uid, args->>'kind', after, at_most + 1);
  object  uuid;
  last    uuid;
  doc     text;
  docs    text[] := '{}';
  bytes   bigint := 0;
BEGIN
  FOR object, doc IN EXECUTE exported_docs(args->>'kind') USING uid, ids LOOP
    EXIT WHEN cardinality(docs) = at_most OR bytes >= (args->>'bytes')::bigint;
    last := object;
    docs := array_append(docs, doc);
    bytes := bytes + octet_length(doc);
  END LOOP;
  RETURN format('{"items":[%s],"next":%s}', array_to_string(docs, ','),
    coalesce(to_json(CASE WHEN cardinality(docs) < cardinality(ids) THEN last END), 'null'));
END $$;

-- The query for objects of a kind: of a user ($1), by ids ($2). One statement that could read any
-- kind would be made ready for all of them with each object.
CREATE OR REPLACE FUNCTION exported_docs(kind text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT format('SELECT o.id, %s FROM %I o WHERE o.user_id = $1 AND o.id = ANY ($2) ORDER BY o.id',
    CASE kind WHEN 'tasks' THEN 'task_text(o)' ELSE rtrim(kind, 's') || '_json(o)::text' END, rtrim(kind, 's'))
$$;

-- The first ids after one of what a user has of a kind. They are sorted here, as those of
-- snapshots are.
CREATE OR REPLACE FUNCTION exported_ids(uid uuid, kind text, after uuid, at_most int) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  CASE kind
  WHEN 'projects' THEN
    RETURN ARRAY(SELECT id FROM project WHERE user_id = uid AND deleted_at IS NULL AND id > after ORDER BY id LIMIT at_most);
  WHEN 'sections' THEN
    RETURN ARRAY(SELECT id FROM section WHERE user_id = uid AND deleted_at IS NULL AND id > after ORDER BY id LIMIT at_most);
  WHEN 'tags' THEN
    RETURN ARRAY(SELECT id FROM tag WHERE user_id = uid AND id > after ORDER BY id LIMIT at_most);
  WHEN 'filters' THEN
    RETURN ARRAY(SELECT id FROM filter WHERE user_id = uid AND id > after ORDER BY id LIMIT at_most);
  WHEN 'tasks' THEN
    RETURN ARRAY(SELECT id FROM task WHERE user_id = uid AND deleted_at IS NULL AND id > after ORDER BY id LIMIT at_most);
  WHEN 'comments' THEN
    RETURN ARRAY(SELECT c.id FROM comment c JOIN task t ON t.id = c.task_id AND t.deleted_at IS NULL
      WHERE c.user_id = uid AND c.deleted_at IS NULL AND c.id > after ORDER BY c.id LIMIT at_most);
  END CASE;
END $$;

-- Which of some ids tasks and comments of a user have, also in the trash, and how many tasks there
-- is room for: {userId, ids} -> {ids, room}.
CREATE OR REPLACE FUNCTION op_import_known(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid    uuid := args->>'userId';
  wanted uuid[] := ARRAY(SELECT jsonb_array_elements_text(args->'ids')::uuid);
BEGIN
  RETURN jsonb_build_object(
    'ids', coalesce((SELECT jsonb_agg(known.id) FROM (
      SELECT id FROM task WHERE user_id = uid AND id = ANY (wanted)
      UNION ALL
      SELECT id FROM comment WHERE user_id = uid AND id = ANY (wanted)) known), '[]'),
    'room', greatest(task_quota() - (SELECT count(*) FROM task WHERE user_id = uid AND deleted_at IS NULL), 0));
END $$;

-- {id, fields: {task, createdAt?, completedAt?, series?: {id, occurrence, start, ended?}, usual?}}: adds a
-- task as command_task_create does, with task for its fields, that may be completed already.
-- Nothing follows such a one: what did is in the same file.
CREATE OR REPLACE FUNCTION command_task_import(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  fields jsonb := command->'fields';
  t      task := new_task(act, (command->>'id')::uuid, fields->'task', (fields->>'completedAt')::timestamptz);
BEGIN
  t.created_at := coalesce(fields->>'createdAt', act->>'at');
  t := in_imported_series(in_series(t, NULL, command), fields->'series');
  t.usual := CASE WHEN t.rule IS NOT NULL THEN fields->'usual' END;
  t := insert_completed(t, insert_task(t));
  PERFORM record_change(act, 'task', 'created', t.id, t.version, NULL, task_json(t));
  RETURN jsonb_build_object('id', t.id);
END $$;

-- Puts a row into the series that a file names, NULL for a new one.
CREATE OR REPLACE FUNCTION in_imported_series(t task, series jsonb) RETURNS task
LANGUAGE plpgsql AS $$
BEGIN
  IF t.rule IS NULL OR series IS NULL THEN
    RETURN t;
  END IF;
  t.series_id := series->>'id';
  t.occurrence := series->>'occurrence';
  t.series_start := series->'start';
  t.series_ended := CASE WHEN t.completed_at IS NOT NULL THEN series->>'ended' END;
  IF EXISTS (SELECT FROM task o WHERE o.series_id = t.series_id AND o.occurrence = t.occurrence) THEN
    PERFORM fail('conflict', 'series', 'another task has this place in the series');
  END IF;
  RETURN t;
END $$;

-- Completes a row that was just inserted as t says, and returns it.
CREATE OR REPLACE FUNCTION insert_completed(t task, inserted task) RETURNS task
LANGUAGE plpgsql AS $$
BEGIN
  IF t.completed_at IS NOT NULL THEN
    UPDATE task SET completed_at = t.completed_at, series_ended = t.series_ended,
      advanced_at = CASE WHEN t.rule IS NOT NULL THEN t.updated_at END
    WHERE user_id = t.user_id AND id = t.id
    RETURNING * INTO inserted;
  END IF;
  RETURN inserted;
END $$;
