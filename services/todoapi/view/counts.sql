-- How many open tasks there are, in all that people can look at.

-- {userId, zone, now, conditions: [{key, condition, params, archived}], bounds} -> {open, inbox, today,
-- overdue, upcoming, projects, sections, tags, filters: {key: n}}. Tasks of archived projects count in
-- conditions that say so alone.
CREATE OR REPLACE FUNCTION op_count_tasks(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  hidden uuid[] := archived_projects((args->>'userId')::uuid);
BEGIN
  RETURN count_views((args->>'userId')::uuid, hidden, args->>'zone', (args->>'now')::timestamptz,
      ((args->>'now')::timestamptz AT TIME ZONE (args->>'zone'))::date)
    || jsonb_build_object('filters', CASE WHEN jsonb_array_length(args->'conditions') > 0 THEN count_conditions(args, hidden) ELSE '{}' END);
END $$;

-- What every person has, in one look at the open tasks.
CREATE OR REPLACE FUNCTION count_views(uid uuid, hidden uuid[], zone text, moment timestamptz, today date) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH brief AS (
    -- Apart, because each has an index that holds all that is asked for.
    SELECT project_id, section_id, tags, due_date, due_time, due_zone, paused FROM task
    WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL AND cardinality(tags) <= 5
    UNION ALL
    SELECT project_id, section_id, tags, due_date, due_time, due_zone, paused FROM task
    WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL AND cardinality(tags) > 5
  ), shown AS MATERIALIZED (
    SELECT project_id, section_id, tags, CASE WHEN due_date IS NOT NULL AND NOT paused THEN day_due(due_date, due_time, due_zone, zone) END AS day,
      due_date IS NOT NULL AND NOT paused AND is_overdue(due_date, due_time, due_zone, zone, moment, today) AS overdue
    FROM brief WHERE project_id IS NULL OR project_id <> ALL (hidden)
  ), places AS (
    SELECT project_id, section_id, grouping(project_id, section_id) AS level, count(*) AS n FROM shown
    GROUP BY GROUPING SETS ((project_id), (section_id))
  )
  SELECT (SELECT jsonb_build_object('open', count(*), 'inbox', count(*) FILTER (WHERE project_id IS NULL), 'today', count(*) FILTER (WHERE day = today),
      'upcoming', count(*) FILTER (WHERE day > today AND day <= today + 7), 'overdue', count(*) FILTER (WHERE overdue)) FROM shown)
    || jsonb_build_object(
      'projects', (SELECT coalesce(jsonb_object_agg(project_id, n), '{}') FROM places WHERE level = 1 AND project_id IS NOT NULL),
      'sections', (SELECT coalesce(jsonb_object_agg(section_id, n), '{}') FROM places WHERE level = 2 AND section_id IS NOT NULL),
      'tags', (SELECT coalesce(jsonb_object_agg(tag, n), '{}') FROM (SELECT tag, count(*) AS n FROM (SELECT unnest(tags) AS tag FROM shown) each GROUP BY tag) g))
$$;

-- The day in a zone on which a task is due.
CREATE OR REPLACE FUNCTION day_due(due_date date, due_time time, due_zone text, zone text) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN due_time IS NULL OR due_zone IS NULL OR due_zone = zone THEN due_date
    ELSE (clock_at(due_date + due_time, coalesce(due_zone, zone)) AT TIME ZONE zone)::date END
$$;

-- Whether a task was due before a moment of today; what is due on a day is on the days after it. Where
-- dates alone tell, wherever the task is due, the time is not reckoned.
CREATE OR REPLACE FUNCTION is_overdue(due_date date, due_time time, due_zone text, zone text, moment timestamptz, today date) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN due_time IS NULL THEN due_date < today
    WHEN due_date < today - 2 THEN true
    WHEN due_date > today + 2 THEN false
    ELSE clock_at(due_date + due_time, coalesce(due_zone, zone)) < moment END
$$;

-- How many open tasks each condition holds for. Conditions are tried as those of find_tasks are.
CREATE OR REPLACE FUNCTION count_conditions(args jsonb, hidden uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  at_once CONSTANT int := 2000;
  columns text[] := '{due_order,priority,id}';
  types   text[] := '{timestamp,smallint,uuid}';
  place   text[];
  batch   task[];
  shown   task[];
  tried   jsonb;
  found   jsonb := '{}';
BEGIN
  LOOP
    EXECUTE tasks_statement(args || '{"status":"open","descending":false}', columns, types, place IS NOT NULL)
      INTO batch USING (args->>'userId')::uuid, place, at_once, '{}'::uuid[];
    shown := CASE WHEN cardinality(hidden) = 0 THEN batch
      ELSE ARRAY(SELECT b FROM unnest(batch) b WHERE b.project_id IS NULL OR b.project_id <> ALL (hidden)) END;
    FOR tried IN SELECT c FROM jsonb_array_elements(args->'conditions') AS c LOOP
      found := found || jsonb_build_object(tried->>'key', coalesce((found->>(tried->>'key'))::int, 0) + (
        SELECT count(DISTINCT n) FROM unnest(matching(CASE WHEN (tried->>'archived')::boolean THEN batch ELSE shown END, 'task',
          tried->>'condition', ARRAY(SELECT jsonb_array_elements_text(tried->'params')))) AS n
        WHERE n BETWEEN 1 AND cardinality(batch)));
    END LOOP;
    EXIT WHEN cardinality(batch) < at_once;
    place := place_of_task(batch[at_once], columns);
  END LOOP;
  RETURN found;
END $$;
