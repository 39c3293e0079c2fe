-- What is due in a range of days.

-- {userId, from, until, limit} -> {due, recurring}: open tasks that may be due from one day until
-- another, wherever they are due, and those that repeat and may come until then; one more than limit
-- of each says that there are too many. What is paused is due at no time.
CREATE OR REPLACE FUNCTION op_read_agenda(args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid    uuid := args->>'userId';
  hidden uuid[] := archived_projects(uid);
  until  timestamp := (args->>'until')::date + 1;
  most   int := (args->>'limit')::int + 1;
BEGIN
  RETURN format('{"due":[%s],"recurring":[%s]}',
    (SELECT string_agg(task_text(t), ',') FROM (
      SELECT * FROM task t WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL AND NOT paused
        AND due_order >= (args->>'from')::date AND due_order < until AND (project_id IS NULL OR project_id <> ALL (hidden))
      ORDER BY due_order, priority, id LIMIT most) t),
    (SELECT string_agg(task_text(t), ',') FROM (
      SELECT * FROM task t WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL AND rule IS NOT NULL AND NOT paused
        AND due_order < until AND (project_id IS NULL OR project_id <> ALL (hidden))
      ORDER BY due_order, priority, id LIMIT most) t));
END $$;
