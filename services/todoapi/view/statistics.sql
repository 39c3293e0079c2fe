-- What was done.

-- {userId, zone, from, until} -> {days: [{day, completed}], projects: [{projectId, completed}], onTime, late}:
-- tasks that were completed from one day until another in a zone and are not deleted. On time is what was
-- completed before it was overdue, of those that were due.
CREATE OR REPLACE FUNCTION op_read_statistics(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH done AS MATERIALIZED (
    SELECT t.project_id, (t.completed_at AT TIME ZONE (args->>'zone'))::date AS day, CASE WHEN t.due_date IS NOT NULL
      THEN NOT is_overdue(t.due_date, t.due_time, t.due_zone, args->>'zone', t.completed_at, (t.completed_at AT TIME ZONE (args->>'zone'))::date) END AS punctual
    FROM task t
    WHERE t.user_id = (args->>'userId')::uuid AND t.deleted_at IS NULL
      AND t.completed_at >= (args->>'from')::timestamp AT TIME ZONE (args->>'zone')
      AND t.completed_at < (args->>'until')::timestamp AT TIME ZONE (args->>'zone')
  )
  SELECT jsonb_build_object(
    'days', (SELECT coalesce(jsonb_agg(jsonb_build_object('day', day, 'completed', n) ORDER BY day), '[]')
      FROM (SELECT day, count(*) AS n FROM done GROUP BY day) d),
    'projects', (SELECT coalesce(jsonb_agg(jsonb_build_object('projectId', project_id, 'completed', n) ORDER BY n DESC, project_id), '[]')
      FROM (SELECT project_id, count(*) AS n FROM done GROUP BY project_id) p),
    'onTime', (SELECT count(*) FROM done WHERE punctual),
    'late', (SELECT count(*) FROM done WHERE NOT punctual))
$$;
