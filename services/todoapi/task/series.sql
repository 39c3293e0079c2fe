-- Edits of one occurrence alone, of all from one on, and series that pause.

-- Values that occurrences have in common, without those of fields that are named.
CREATE OR REPLACE FUNCTION without(usual jsonb, fields jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT nullif(usual - ARRAY(SELECT jsonb_object_keys(fields)), '{}')
$$;

-- An occurrence with what the others have where it was changed alone.
CREATE OR REPLACE FUNCTION as_usual(t task) RETURNS task
LANGUAGE plpgsql STABLE AS $$
BEGIN
  t := with_fields(t, coalesce(t.usual, '{}'));
  t.usual := NULL;
  RETURN t;
END $$;

-- {id, ifVersion?, fields}: sets the fields of one occurrence; those that follow stay as they were.
CREATE OR REPLACE FUNCTION command_task_update_occurrence(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := commanded_task(act, command);
  was    jsonb := task_json(before);
  t      task := with_fields(before, command->'fields');
  edited jsonb := task_json(t);
BEGIN
  PERFORM check_repeats(before);
  -- Due is not kept: those that follow are reckoned from the start of the series.
  SELECT nullif(coalesce(jsonb_object_agg(key, usual), '{}'), '{}') INTO t.usual
  FROM (SELECT key, coalesce(before.usual->key, was->key) AS usual FROM jsonb_object_keys(coalesce(before.usual, '{}') || ((command->'fields') - 'due')) key) k
  WHERE usual IS DISTINCT FROM edited->key;
  RETURN update_task(act, command, before, t);
END $$;

-- {id, ifVersion?, fields}: sets the fields of an occurrence and of all that follow: another due
-- begins a new series.
CREATE OR REPLACE FUNCTION command_task_update_series(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := commanded_task(act, command);
  t      task := with_fields(before, command->'fields');
BEGIN
  PERFORM check_repeats(before);
  t.usual := without(before.usual, command->'fields');
  IF due_json(t) IS DISTINCT FROM due_json(before) THEN
    t.series_id := new_event_id();
    t.occurrence := 0;
    t.series_start := due_json(t);
  END IF;
  RETURN update_task(act, command, before, t);
END $$;

-- {id, ifVersion?}: has a recurring task wait until it is resumed.
CREATE OR REPLACE FUNCTION command_task_pause(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := commanded_task(act, command);
  t      task := before;
BEGIN
  PERFORM check_repeats(before);
  IF before.paused THEN
    RETURN task_json(before);
  END IF;
  t.paused := true;
  RETURN write_task(act, 'updated', t);
END $$;

-- {id, ifVersion?, fields: {from, next}}: ends the pause. next is the occurrence that the task
-- becomes, as it was reckoned from a version of the task; null: it stays the one that it is.
CREATE OR REPLACE FUNCTION command_task_resume(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := commanded_task(act, command);
  next   jsonb := command->'fields'->'next';
  t      task := before;
BEGIN
  PERFORM check_repeats(before);
  IF NOT before.paused THEN
    RETURN task_json(before);
  END IF;
  PERFORM check_version('task', before.version, jsonb_build_object('ifVersion', command->'fields'->'from'));
  IF next <> 'null' THEN
    t := as_next(before, next);
  END IF;
  t.paused := false;
  RETURN write_task(act, 'updated', t);
END $$;
