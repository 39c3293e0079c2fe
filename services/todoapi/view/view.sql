-- Pages of tasks by filter, in any order.

-- The columns of an order with their types. The last one tells equal tasks apart. A task
-- without a due date comes as if it were due at the end of time, an open one as if it had been
-- completed at the beginning.
CREATE OR REPLACE FUNCTION order_of_tasks(sort text, OUT columns text[], OUT types text[])
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE sort
  WHEN 'due' THEN
    columns := '{due_order,priority,id}'; types := '{timestamp,smallint,uuid}';
  WHEN 'priority' THEN
    columns := '{priority,due_order,id}'; types := '{smallint,timestamp,uuid}';
  WHEN 'created' THEN
    columns := '{created_at,id}'; types := '{timestamptz,uuid}';
  WHEN 'updated' THEN
    columns := '{updated_at,id}'; types := '{timestamptz,uuid}';
  WHEN 'completed' THEN
    columns := ARRAY['coalesce(completed_at, ''-infinity'')', 'id']; types := '{timestamptz,uuid}';
  WHEN 'title' THEN
    columns := ARRAY['title COLLATE "und-x-icu"', 'id']; types := '{text,uuid}';
  WHEN 'manual' THEN
    columns := ARRAY['coalesce(position, order_key_at(created_at)) COLLATE "C"', 'id']; types := '{text,uuid}';
  END CASE;
END $$;

-- The place of a task in an order, for a cursor: its columns as text.
CREATE OR REPLACE FUNCTION place_of_task(t task, columns text[]) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  place text[];
BEGIN
  EXECUTE format('SELECT ARRAY[%s] FROM (SELECT ($1).*) AS task',
    (SELECT string_agg(format('to_jsonb(%s)#>>''{}''', c), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS u (c, n)))
    INTO place USING t;
  RETURN place;
END $$;

-- Refuses a place that is none in an order.
CREATE OR REPLACE FUNCTION check_place(place text[], types text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF cardinality(place) <> cardinality(types) OR array_position(place, NULL) IS NOT NULL THEN
    RAISE data_exception;
  END IF;
  EXECUTE (SELECT 'SELECT ' || string_agg(format('($1)[%s]::%s', n, type), ', ') FROM unnest(types) WITH ORDINALITY AS u (type, n))
    USING place;
EXCEPTION WHEN data_exception THEN
  PERFORM fail('invalid', 'query.cursor', 'is not a cursor of this list; use next of the page before, or none');
END $$;

-- The conditions on a row of a task that bounds of a filter are; see package filter.
CREATE OR REPLACE FUNCTION within_bounds(bounds jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT concat(
    ' AND due_order >= ' || quote_literal(bounds->>'dueFrom') || '::date',
    ' AND due_order < ' || quote_literal(bounds->>'dueUntil') || '::date + 1',
    ' AND priority = ANY (' || quote_literal(translate(bounds->>'priorities', '[]', '{}')) || '::smallint[])',
    ' AND project_id = ANY (' || quote_literal(translate(bounds->>'projects', '[]', '{}')) || '::uuid[])')
$$;

-- What the indexes of open tasks hold, which is all that most filters look at.
CREATE OR REPLACE FUNCTION brief_columns() RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT '{id,user_id,due_order,priority,project_id,section_id,tags,due_date,due_time,due_zone,paused,rule,created_at}'::text[]
$$;

-- The statement for the first $3 tasks of the user $1 in an order, those after the place $2
-- where there is one, without those in the projects $4, within the bounds of args. With brief they are
-- open ones, and have nothing in other columns than brief_columns.
CREATE OR REPLACE FUNCTION tasks_statement(args jsonb, columns text[], types text[], placed boolean) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  descending boolean := (args->>'descending')::boolean;
  chosen     text;
  first      text;
  row        text;
BEGIN
  chosen := format('FROM task WHERE user_id = $1 AND deleted_at IS %s AND (project_id IS NULL OR project_id <> ALL ($4))%s%s',
    CASE args->>'status' WHEN 'open' THEN 'NULL AND completed_at IS NULL' WHEN 'completed' THEN 'NULL AND completed_at IS NOT NULL'
      WHEN 'deleted' THEN 'NOT NULL' ELSE 'NULL' END,
    within_bounds(args->'bounds'),
    CASE WHEN placed THEN format(' AND (%s) %s (%s)', array_to_string(columns, ', '), CASE WHEN descending THEN '<' ELSE '>' END,
      (SELECT string_agg(format('($2)[%s]::%s', n, type), ', ' ORDER BY n) FROM unnest(types) WITH ORDINALITY AS u (type, n))) END);
  first := ' ORDER BY ' || array_to_string(columns, CASE WHEN descending THEN ' DESC, ' ELSE ', ' END) || CASE WHEN descending THEN ' DESC' ELSE '' END || ' LIMIT $3';
  IF NOT coalesce((args->>'brief')::boolean, false) THEN
    RETURN format('SELECT ARRAY(SELECT task %s%s)', chosen, first);
  END IF;
  SELECT string_agg(CASE WHEN attname = ANY (brief_columns()) THEN 'task.' || attname ELSE 'NULL' END, ', ' ORDER BY attnum) INTO row
  FROM pg_attribute WHERE attrelid = 'task'::regclass AND attnum > 0 AND NOT attisdropped;
  RETURN format('SELECT ARRAY(SELECT ROW(%1$s)::task FROM ((SELECT %2$s %3$s AND cardinality(tags) <= 5%4$s) UNION ALL (SELECT %2$s %3$s AND cardinality(tags) > 5%4$s)) AS task%4$s)',
    row, array_to_string(brief_columns(), ', '), chosen, first);
END $$;

-- One page of the tasks that a condition holds for:
-- {userId, status, sort, descending, archived, condition, params, brief?, bounds?, after?, limit, bytes} -> {items, next?}.
-- Those of archived projects are left out unless archived says otherwise. brief says that the condition and
-- the order look at nothing but brief_columns, of open tasks.
-- Tasks are read in order and tried in batches, at first about as many as the page takes, so
-- that a common condition reads few. The page ends early when it grows past bytes, because one
-- answer must fit into one message.
CREATE OR REPLACE FUNCTION op_find_tasks(args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  most_tried CONSTANT int := 2000;
  wanted    int := args->>'limit';
  params    text[] := ARRAY(SELECT jsonb_array_elements_text(args->'params'));
  place     text[] := CASE WHEN args->'after' <> 'null' THEN ARRAY(SELECT jsonb_array_elements_text(args->'after')) END;
  at_most   int := 2 * (wanted + 1);
  hidden    uuid[] := CASE WHEN (args->>'archived')::boolean THEN '{}' ELSE archived_projects((args->>'userId')::uuid) END;
  columns   text[];
  types     text[];
  batch     task[];
  last      task;
  doc       text;
  docs      text[] := '{}';
  bytes     bigint := 0;
  i         int;
BEGIN
  SELECT o.columns, o.types INTO columns, types FROM order_of_tasks(args->>'sort') o;
  IF place IS NOT NULL THEN
    PERFORM check_place(place, types);
  END IF;
  LOOP
    EXECUTE tasks_statement(args, columns, types, place IS NOT NULL) INTO batch USING (args->>'userId')::uuid, place, at_most, hidden;
    FOR i IN
      SELECT DISTINCT n FROM unnest(matching(batch, 'task', args->>'condition', params)) AS n WHERE n BETWEEN 1 AND cardinality(batch) ORDER BY n
    LOOP
      IF cardinality(docs) = wanted OR bytes >= (args->>'bytes')::bigint THEN
        RETURN format('{"items":[%s],"next":%s}', array_to_string(docs, ','), to_json(place_of_task(last, columns)));
      END IF;
      last := batch[i];
      SELECT task_text(t) INTO doc FROM task t WHERE t.user_id = last.user_id AND t.id = last.id;
      docs := array_append(docs, doc);
      bytes := bytes + octet_length(doc);
    END LOOP;
    EXIT WHEN cardinality(batch) < at_most;
    place := place_of_task(batch[at_most], columns);
    at_most := least(4 * at_most, most_tried);
  END LOOP;
  RETURN format('{"items":[%s]}', array_to_string(docs, ','));
END $$;
