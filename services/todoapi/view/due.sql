-- What is due on a day, for the list that people get of it.

-- {userId, day, now, limit} -> {overdue, today: {total, tasks: [{title, due}]}}: open tasks, by due. What is
-- paused is due at no time, tasks of archived projects are left out, and a day that is over has none.
CREATE OR REPLACE FUNCTION op_list_due(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid    uuid        := args->>'userId';
  day    date        := args->>'day';
  moment timestamptz := args->>'now';
  hidden uuid[]      := archived_projects(uid);
  here   text;
  today  date;
BEGIN
  SELECT zone INTO here FROM account WHERE id = uid;
  today := moment AT TIME ZONE here;
  RETURN (
    WITH due AS MATERIALIZED (
      SELECT t.id, t.due_order, t.priority, is_overdue(t.due_date, t.due_time, t.due_zone, here, moment, today) AS late FROM task t
      WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL AND NOT paused AND due_order < day + 3
        AND (project_id IS NULL OR project_id <> ALL (hidden)) AND day >= today
        AND day_due(t.due_date, t.due_time, t.due_zone, here) <= day
    ), listed AS (
      SELECT late, count(*) AS total, jsonb_agg(id ORDER BY due_order, priority, id) AS ids FROM due GROUP BY late
    )
    SELECT jsonb_build_object('overdue', due_tasks(uid, l.total, l.ids, (args->>'limit')::int), 'today', due_tasks(uid, n.total, n.ids, (args->>'limit')::int))
    FROM (VALUES (1)) one LEFT JOIN listed l ON l.late LEFT JOIN listed n ON NOT n.late);
END $$;

-- So many tasks, of which the first are named.
CREATE OR REPLACE FUNCTION due_tasks(uid uuid, total bigint, ids jsonb, at_most int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('total', coalesce(total, 0), 'tasks', coalesce((
    SELECT jsonb_agg(jsonb_build_object('title', t.title, 'due', due_json(t)) ORDER BY n)
    FROM jsonb_array_elements_text(ids) WITH ORDINALITY AS u (wanted, n) JOIN task t ON t.user_id = uid AND t.id = u.wanted::uuid
    WHERE n <= at_most), '[]'))
$$;
