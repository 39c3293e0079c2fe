-- How many open tasks there are, in all that people can look at.

-- {userId, conditions: [{key, condition, params, archived}], limit?} -> {open, inbox, projects, sections,
-- tags, conditions: {key: n}}. Tasks of archived projects count in conditions that say so alone.
-- Conditions are tried as those of find_tasks are.
CREATE OR REPLACE FUNCTION op_count_tasks(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  at_once CONSTANT int := 2000;
  uid     uuid := args->>'userId';
  hidden  uuid[] := archived_projects(uid);
  last    uuid := '00000000-0000-0000-0000-000000000000';
  shown   task[];
  batch   task[];
  tried   jsonb;
  found   jsonb := '{}';
BEGIN
  LOOP
    batch := ARRAY(SELECT t FROM task t WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL AND id > last ORDER BY id LIMIT at_once);
    shown := CASE WHEN cardinality(hidden) = 0 THEN batch
      ELSE ARRAY(SELECT b FROM unnest(batch) b WHERE b.project_id IS NULL OR b.project_id <> ALL (hidden)) END;
    FOR tried IN SELECT c FROM jsonb_array_elements(args->'conditions') AS c LOOP
      found := found || jsonb_build_object(tried->>'key', coalesce((found->>(tried->>'key'))::int, 0) + (
        SELECT count(DISTINCT n) FROM unnest(matching(CASE WHEN (tried->>'archived')::boolean THEN batch ELSE shown END, 'task',
          tried->>'condition', ARRAY(SELECT jsonb_array_elements_text(tried->'params')))) AS n
        WHERE n BETWEEN 1 AND cardinality(batch)));
    END LOOP;
    EXIT WHEN cardinality(batch) < at_once;
    last := batch[at_once].id;
  END LOOP;
  RETURN counts_by_place(uid, hidden) || jsonb_build_object('conditions', found);
END $$;

CREATE OR REPLACE FUNCTION counts_by_place(uid uuid, hidden uuid[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH shown AS (
    SELECT project_id, section_id, tags FROM task
    WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL AND (project_id IS NULL OR project_id <> ALL (hidden))
  )
  SELECT jsonb_build_object(
    'open', (SELECT count(*) FROM shown),
    'inbox', (SELECT count(*) FROM shown WHERE project_id IS NULL),
    'projects', (SELECT coalesce(jsonb_object_agg(project_id, n), '{}') FROM (SELECT project_id, count(*) AS n FROM shown WHERE project_id IS NOT NULL GROUP BY project_id) p),
    'sections', (SELECT coalesce(jsonb_object_agg(section_id, n), '{}') FROM (SELECT section_id, count(*) AS n FROM shown WHERE section_id IS NOT NULL GROUP BY section_id) s),
    'tags', (SELECT coalesce(jsonb_object_agg(tag, n), '{}') FROM (SELECT tag, count(*) AS n FROM shown, unnest(tags) AS tag GROUP BY tag) g))
$$;
