-- Changes: what happened to a user's data, in the outbox's table event. A writing operation
-- calls begin_change, then event_of_operation, does its work, and calls record_change.

CREATE UNIQUE INDEX IF NOT EXISTS event_of_operation ON event (user_id, (data->>'opId')) WHERE data->>'opId' IS NOT NULL;

-- Makes the user's other writers wait until this transaction ends, and returns the moment
-- of the change: later than that of the change before it, in milliseconds.
CREATE OR REPLACE FUNCTION begin_change(args jsonb) RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM account WHERE id = (args->>'userId')::uuid FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('not_found', 'userId', 'there is no such user');
  END IF;
  RETURN date_trunc('milliseconds', clock_timestamp());
END $$;

-- Returns the event that the operation args.opId recorded when it was first asked for, or nulls.
CREATE OR REPLACE FUNCTION event_of_operation(args jsonb) RETURNS event
LANGUAGE sql STABLE AS $$
  SELECT * FROM event WHERE user_id = (args->>'userId')::uuid AND data->>'opId' = args->>'opId'
$$;

CREATE OR REPLACE FUNCTION record_change(args jsonb, type text, at timestamptz, task_id uuid, before jsonb, after jsonb)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM append_event((args->>'userId')::uuid, type, coalesce(task_id::text, args->>'userId'),
    jsonb_build_object('actor', args->>'actor', 'at', at,
      'zone', (SELECT zone FROM account WHERE id = (args->>'userId')::uuid))
    || CASE WHEN task_id IS NULL THEN '{}' ELSE jsonb_build_object('taskId', task_id) END
    || CASE WHEN before IS NULL THEN '{}' ELSE jsonb_build_object('before', before) END
    || CASE WHEN after IS NULL THEN '{}' ELSE jsonb_build_object('after', after) END
    || CASE WHEN args->>'opId' IS NULL THEN '{}' ELSE jsonb_build_object('opId', args->>'opId') END);
END $$;

-- The user's last seq, 0 before the first change.
CREATE OR REPLACE FUNCTION head_of(uid uuid) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(seq), 0) FROM event WHERE user_id = uid
$$;

-- Changes after args.after in order. A page ends early when it grows past args.bytes;
-- there are more as long as the last seq is less than head.
CREATE OR REPLACE FUNCTION op_list_changes(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('head', head_of((args->>'userId')::uuid), 'items', coalesce(jsonb_agg(data ORDER BY seq), '[]'))
    FROM (
      SELECT seq, data, sum(octet_length(data::text)) OVER (ORDER BY seq) - octet_length(data::text) AS bytes_before
      FROM (
        SELECT seq, data FROM event
        WHERE user_id = (args->>'userId')::uuid AND seq > (args->>'after')::bigint
        ORDER BY seq LIMIT (args->>'limit')::int
      ) following
    ) sized
    WHERE bytes_before < (args->>'bytes')::bigint);
END $$;

-- One page of the open tasks in the order of their ids, which never change, with the head
-- of the feed at that moment: changes after the head of the first page bring it all up to date.
CREATE OR REPLACE FUNCTION op_snapshot(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    WITH candidate AS (
      SELECT id, task_json(t) AS doc FROM task t
      WHERE user_id = (args->>'userId')::uuid AND deleted_at IS NULL AND completed_at IS NULL
        AND id > coalesce((args->>'after')::uuid, '00000000-0000-0000-0000-000000000000')
      ORDER BY id LIMIT (args->>'limit')::int + 1
    ), page AS (
      SELECT * FROM (
        SELECT id, doc, row_number() OVER (ORDER BY id) AS n,
          sum(pg_column_size(doc)) OVER (ORDER BY id) - pg_column_size(doc) AS bytes_before
        FROM candidate
      ) sized
      WHERE n <= (args->>'limit')::int AND bytes_before < (args->>'bytes')::bigint
    )
    SELECT jsonb_build_object(
      'head', head_of((args->>'userId')::uuid),
      'tasks', coalesce(jsonb_agg(doc ORDER BY id), '[]'),
      'next', CASE WHEN count(*) < (SELECT count(*) FROM candidate) THEN (SELECT max(id::text) FROM page) END)
    FROM page);
END $$;
