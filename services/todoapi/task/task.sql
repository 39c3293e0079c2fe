-- Tasks. Every statement carries the user id; every write records its change, in the same transaction.

-- A task as people see it: text, because building json costs twice as much, and because text
-- becomes json only by being parsed.
CREATE OR REPLACE FUNCTION task_text(t task) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT format('{"id":"%s","version":%s,"title":%s,"notes":%s,"priority":%s,"tags":%s,"due":%s,"recurrence":%s,'
      '"reminders":%s,"series":%s,"completedAt":%s,"createdAt":"%s","updatedAt":"%s",'
      '"projectId":%s,"sectionId":%s,"parentId":%s,"start":%s,"deadline":%s,"durationMinutes":%s,"notify":%s,"usual":%s,"position":"%s"}',
    t.id, t.version, to_json(t.title), to_json(t.notes), t.priority, to_json(t.tags), coalesce(due_doc(t), 'null'),
    coalesce(recurrence_json(t)::text, 'null'),
    t.reminders,
    CASE WHEN t.series_id IS NULL THEN 'null' ELSE json_strip_nulls(json_build_object(
      'id', t.series_id, 'occurrence', t.occurrence, 'start', t.series_start, 'ended', t.series_ended)) END,
    coalesce('"' || instant(t.completed_at) || '"', 'null'), instant(t.created_at), instant(t.updated_at),
    coalesce('"' || t.project_id || '"', 'null'), coalesce('"' || t.section_id || '"', 'null'), coalesce('"' || t.parent_id || '"', 'null'),
    coalesce('"' || t.start_date || '"', 'null'), coalesce('"' || t.deadline || '"', 'null'), coalesce(t.duration_minutes::text, 'null'),
    coalesce(to_json(t.notify)::text, 'null'), coalesce(t.usual::text, 'null'),
    coalesce(t.position, order_key_at(t.created_at)))
$$;

CREATE OR REPLACE FUNCTION due_doc(t task) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN t.due_date IS NOT NULL THEN json_strip_nulls(json_build_object(
    'date', t.due_date, 'time', to_char(t.due_time, 'HH24:MI'), 'zone', t.due_zone)) END
$$;

-- A task as people see it, to be recorded.
CREATE OR REPLACE FUNCTION task_json(t task) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT task_text(t)::jsonb
$$;

-- A task as it is recorded: NULL while it is deleted.
CREATE OR REPLACE FUNCTION task_doc(t task) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN t.deleted_at IS NULL THEN task_text(t)::jsonb END
$$;

CREATE OR REPLACE FUNCTION due_json(t task) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT due_doc(t)::jsonb
$$;

CREATE OR REPLACE FUNCTION recurrence_json(t task) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN t.rule IS NOT NULL THEN
    jsonb_build_object('rule', t.rule, 'anchor', t.anchor) || CASE WHEN t.paused THEN jsonb_build_object('paused', true) ELSE '{}' END END
$$;

-- Returns a task of the user that is not deleted, or fails.
CREATE OR REPLACE FUNCTION live_task(uid uuid, task_id uuid) RETURNS task
LANGUAGE plpgsql STABLE AS $$
DECLARE
  t task;
BEGIN
  SELECT * INTO t FROM task WHERE user_id = uid AND id = task_id AND deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such task');
  END IF;
  RETURN t;
END $$;

-- Returns the task of a command at the version that it names.
CREATE OR REPLACE FUNCTION commanded_task(act jsonb, command jsonb) RETURNS task
LANGUAGE plpgsql AS $$
DECLARE
  t task := live_task((act->>'userId')::uuid, (command->>'id')::uuid);
BEGIN
  PERFORM check_version('task', t.version, command);
  RETURN t;
END $$;

-- Sets the fields that are named on a row that is about to be written, and no others. due and
-- recurrence are patches of what is there.
CREATE OR REPLACE FUNCTION with_fields(t task, fields jsonb) RETURNS task
LANGUAGE plpgsql AS $$
DECLARE
  due        jsonb;
  recurrence jsonb;
BEGIN
  IF fields ? 'title' THEN t.title := fields->>'title'; END IF;
  IF fields ? 'notes' THEN t.notes := fields->>'notes'; END IF;
  IF fields ? 'priority' THEN t.priority := fields->>'priority'; END IF;
  IF fields ? 'tags' THEN t.tags := ARRAY(SELECT jsonb_array_elements_text(fields->'tags')); END IF;
  IF fields ? 'reminders' THEN t.reminders := fields->'reminders'; END IF;
  IF fields ? 'start' THEN t.start_date := fields->>'start'; END IF;
  IF fields ? 'deadline' THEN t.deadline := fields->>'deadline'; END IF;
  IF fields ? 'durationMinutes' THEN t.duration_minutes := fields->>'durationMinutes'; END IF;
  IF fields ? 'notify' THEN t.notify := text_array(fields->'notify'); END IF;
  IF fields ? 'due' THEN
    due := merged(due_json(t), fields->'due');
    IF due IS NOT NULL AND NOT due ? 'date' THEN
      PERFORM fail('invalid', 'due.date', 'is needed: the task has no due date yet');
    END IF;
    t.due_date := due->>'date';
    t.due_time := due->>'time';
    t.due_zone := due->>'zone';
  END IF;
  IF fields ? 'recurrence' THEN
    recurrence := merged(recurrence_json(t), fields->'recurrence');
    IF recurrence IS NOT NULL AND NOT recurrence ? 'rule' THEN
      PERFORM fail('invalid', 'recurrence.rule', 'is needed: the task does not repeat yet');
    END IF;
    t.rule := recurrence->>'rule';
    t.anchor := CASE WHEN recurrence IS NOT NULL THEN coalesce(recurrence->>'anchor', 'schedule') END;
    t.paused := coalesce((recurrence->>'paused')::boolean, false);
  END IF;
  RETURN t;
END $$;

-- Refuses a task whose parts do not go together; the message depends on what was changed.
CREATE OR REPLACE FUNCTION check_task(t task, fields jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  loses_due boolean := fields ? 'due';
BEGIN
  IF t.due_date IS NOT NULL THEN
    RETURN;
  END IF;
  IF t.rule IS NOT NULL AND loses_due THEN
    PERFORM fail('invalid', 'due', 'the task repeats from its due date; remove recurrence as well');
  ELSIF t.rule IS NOT NULL THEN
    PERFORM fail('invalid', 'recurrence', 'needs a due date to start from; set due as well');
  ELSIF t.reminders @? '$[*].minutesBefore' AND loses_due THEN
    PERFORM fail('invalid', 'due', 'a reminder of the task counts back from its due date; remove that reminder as well');
  ELSIF t.reminders @? '$[*].minutesBefore' THEN
    PERFORM fail('invalid', 'reminders', 'minutesBefore needs a due date to count from; set due as well');
  END IF;
END $$;

-- Puts a row that was changed into its series. Changing the rule or the anchor starts a new
-- series, "this and following"; moving one occurrence does not. Services of the version before
-- name the id of a new series.
CREATE OR REPLACE FUNCTION in_series(t task, before task, command jsonb) RETURNS task
LANGUAGE plpgsql AS $$
BEGIN
  IF t.rule IS NULL THEN
    t.series_id := NULL;
    t.occurrence := NULL;
    t.series_start := NULL;
    t.usual := NULL;
  ELSIF before.series_id IS NULL OR (before.rule, before.anchor) IS DISTINCT FROM (t.rule, t.anchor) THEN
    t.series_id := coalesce((command->>'seriesId')::uuid, new_event_id());
    t.occurrence := 0;
    t.series_start := due_json(t);
  END IF;
  RETURN t;
END $$;

-- A row that is about to be inserted, with the fields that are named and a place after all others.
-- One that is completed already may be under a completed task.
CREATE OR REPLACE FUNCTION new_task(act jsonb, task_id uuid, fields jsonb, completed timestamptz DEFAULT NULL) RETURNS task
LANGUAGE plpgsql AS $$
DECLARE
  t task;
BEGIN
  t.id := task_id;
  t.user_id := act->>'userId';
  t.version := 1;
  t.notes := '';
  t.priority := 4;
  t.tags := '{}';
  t.reminders := '[]';
  t.paused := false;
  t.created_at := act->>'at';
  t.updated_at := act->>'at';
  t.completed_at := completed;
  t.position := order_key_at(clock_timestamp());
  t := with_place(with_fields(t, fields), fields);
  t.tags := known_tags(act, t.tags);
  IF fields->'place' ? 'project' THEN
    t := in_named_place(act, t, fields->'place');
  END IF;
  PERFORM check_task(t, fields - 'due');
  PERFORM check_task_quota(t.user_id, 1);
  IF EXISTS (SELECT FROM task o WHERE o.id = t.id) THEN
    PERFORM fail('conflict', 'id', 'something else has this id');
  END IF;
  RETURN t;
END $$;

-- {id, fields}
CREATE OR REPLACE FUNCTION command_task_create(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  t   task := new_task(act, (command->>'id')::uuid, command->'fields');
  doc jsonb;
BEGIN
  t := insert_task(in_series(t, NULL, command));
  doc := task_json(t);
  PERFORM record_change(act, 'task', 'created', t.id, t.version, NULL, doc);
  RETURN doc;
END $$;

-- Inserts all but the generated columns. While the first version is upgraded, one of its functions that
-- began before may call this one, with a row that knows nothing of pauses.
CREATE OR REPLACE FUNCTION insert_task(t task) RETURNS task
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_tasks(t.user_id, 1);
  INSERT INTO task (id, user_id, version, title, notes, priority, tags, due_date, due_time, due_zone, rule, anchor,
    reminders, series_id, occurrence, series_start, created_at, updated_at,
    project_id, section_id, parent_id, start_date, deadline, duration_minutes, position, paused, usual, notify)
  VALUES (t.id, t.user_id, t.version, t.title, t.notes, t.priority, t.tags, t.due_date, t.due_time, t.due_zone, t.rule, t.anchor,
    t.reminders, t.series_id, t.occurrence, t.series_start, t.created_at, t.updated_at,
    t.project_id, t.section_id, t.parent_id, t.start_date, t.deadline, t.duration_minutes, t.position, coalesce(t.paused, false), t.usual, t.notify)
  RETURNING * INTO t;
  RETURN t;
END $$;

-- Most tasks of a user that are not deleted: more than a person writes in a life, and what
-- pages and snapshots are tried with.
CREATE OR REPLACE FUNCTION task_quota() RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT 100000
$$;

-- Refuses more tasks of a user than an account may have. They are counted once, later the number
-- is kept by count_tasks; the lock of begin_act keeps both true.
CREATE OR REPLACE FUNCTION check_task_quota(uid uuid, more int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  n    int;
  most int := coalesce((SELECT a.task_quota FROM account a WHERE a.id = uid), task_quota());
BEGIN
  SELECT tasks INTO n FROM task_count WHERE user_id = uid;
  IF NOT FOUND THEN
    INSERT INTO task_count (user_id, tasks) SELECT uid, count(*) FROM task WHERE user_id = uid AND deleted_at IS NULL
    RETURNING tasks INTO n;
  END IF;
  IF n + more > most THEN
    PERFORM fail('conflict', '', format('an account may have %s tasks, and there are %s already; delete some first', most, n));
  END IF;
END $$;

-- Notes that a user has so many more tasks that are not deleted, or fewer. Whatever adds,
-- deletes or restores a task calls it; a user who was not counted yet has no row.
CREATE OR REPLACE FUNCTION count_tasks(uid uuid, more int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF more <> 0 THEN
    UPDATE task_count SET tasks = tasks + more WHERE user_id = uid;
  END IF;
END $$;

-- Writes a row that was changed, as its next version, records that, and returns the task, NULL
-- when it is deleted now.
CREATE OR REPLACE FUNCTION write_task(act jsonb, verb text, t task) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT (write_tasks(act, verb, ARRAY[t]))[1]
$$;

-- Writes rows that were changed in one way, as write_task does, in the order of their ids. For each
-- array of another length PostgreSQL would make another plan, which takes longer than the writing.
CREATE OR REPLACE FUNCTION write_tasks(act jsonb, verb text, tasks task[]) RETURNS jsonb[]
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  uid      uuid := act->>'userId';
  befores  jsonb[];
  ids      uuid[];
  versions bigint[];
  afters   jsonb[];
BEGIN
  IF cardinality(tasks) = 0 THEN
    RETURN '{}';
  ELSIF verb = 'restored' THEN
    PERFORM check_task_quota(uid, cardinality(tasks));
  END IF;
  SELECT array_agg(task_doc(t) ORDER BY t.id) INTO befores FROM task t
  WHERE t.user_id = uid AND t.id = ANY (ARRAY(SELECT n.id FROM unnest(tasks) n));
  WITH written AS (
    UPDATE task o SET version = o.version + 1, updated_at = (act->>'at')::timestamptz,
      title = t.title, notes = t.notes, priority = t.priority, tags = t.tags,
      due_date = t.due_date, due_time = t.due_time, due_zone = t.due_zone,
      rule = t.rule, anchor = t.anchor, reminders = t.reminders,
      series_id = t.series_id, occurrence = t.occurrence, series_start = t.series_start, series_ended = t.series_ended,
      project_id = t.project_id, section_id = t.section_id, parent_id = t.parent_id,
      start_date = t.start_date, deadline = t.deadline, duration_minutes = t.duration_minutes, position = t.position,
      paused = t.paused, usual = t.usual, notify = t.notify,
      completed_at = t.completed_at, advanced_at = t.advanced_at, deleted_at = t.deleted_at
    FROM unnest(tasks) t WHERE o.user_id = uid AND o.id = t.id
    RETURNING o AS t
  )
  SELECT array_agg((w.t).id ORDER BY (w.t).id), array_agg((w.t).version ORDER BY (w.t).id), array_agg(task_doc(w.t) ORDER BY (w.t).id)
  INTO ids, versions, afters FROM written w;
  PERFORM count_tasks(uid, CASE verb WHEN 'restored' THEN 1 WHEN 'deleted' THEN -1 ELSE 0 END * cardinality(ids));
  PERFORM record_changes(act, 'task', verb, ids, versions, befores, afters);
  RETURN afters;
END $$;

-- {id, ifVersion?, fields}: sets the fields that are named. A command that changes
-- nothing records nothing. Of a recurring task, due moves this occurrence alone, and what else is
-- named holds for those that follow too.
CREATE OR REPLACE FUNCTION command_task_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := commanded_task(act, command);
  t      task := with_fields(before, command->'fields');
BEGIN
  t.usual := without(before.usual, command->'fields');
  RETURN update_task(act, command, before, t);
END $$;

-- Writes what a command made of a task.
CREATE OR REPLACE FUNCTION update_task(act jsonb, command jsonb, before task, t task) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  doc jsonb;
BEGIN
  t := with_place(t, command->'fields');
  IF command->'fields' ? 'tags' THEN
    t.tags := known_tags(act, t.tags);
  END IF;
  PERFORM check_task(t, command->'fields');
  t := in_series(t, before, command);
  IF t IS NOT DISTINCT FROM before THEN
    RETURN task_json(before);
  END IF;
  doc := write_task(act, 'updated', t);
  PERFORM bring_subtasks(act, before, t);
  RETURN doc;
END $$;

-- {id, ifVersion?}: completes a task and its open subtasks; one that is completed stays untouched.
CREATE OR REPLACE FUNCTION command_task_complete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := live_task((act->>'userId')::uuid, (command->>'id')::uuid);
  doc    jsonb;
BEGIN
  IF before.completed_at IS NOT NULL THEN
    RETURN task_json(before);
  END IF;
  PERFORM check_version('task', before.version, command);
  doc := write_task(act, 'completed', as_completed(act, before));
  PERFORM complete_subtasks(act, before);
  RETURN doc;
END $$;

-- A row that is completed now. What follows it is settled by advance_occurrence.
CREATE OR REPLACE FUNCTION as_completed(act jsonb, t task) RETURNS task
LANGUAGE plpgsql STABLE AS $$
BEGIN
  t.completed_at := act->>'at';
  t.advanced_at := NULL;
  RETURN t;
END $$;

-- {id, ifVersion?}: takes a completion back, and with it the occurrence that followed, unless
-- somebody has touched that one since; the tasks that it is part of are open again too. An open
-- task stays untouched.
CREATE OR REPLACE FUNCTION command_task_reopen(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before task := live_task((act->>'userId')::uuid, (command->>'id')::uuid);
  doc    jsonb;
BEGIN
  IF before.completed_at IS NULL THEN
    RETURN task_json(before);
  END IF;
  PERFORM check_version('task', before.version, command);
  doc := reopen_task(act, before);
  PERFORM reopen_task(act, t) FROM tasks_above(before) a JOIN task t ON t.user_id = before.user_id AND t.id = a.id
  WHERE t.completed_at IS NOT NULL;
  RETURN doc;
END $$;

CREATE OR REPLACE FUNCTION reopen_task(act jsonb, before task) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  t   task := before;
  doc jsonb;
BEGIN
  t.completed_at := NULL;
  t.advanced_at := NULL;
  t.series_ended := NULL;
  doc := write_task(act, 'reopened', t);
  PERFORM withdraw_next(act, t);
  RETURN doc;
END $$;

-- Takes away what followed a completion that was taken back, unless somebody has touched it.
CREATE OR REPLACE FUNCTION withdraw_next(act jsonb, t task) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  next task;
BEGIN
  SELECT * INTO next FROM task WHERE user_id = t.user_id AND series_id = t.series_id AND occurrence = t.occurrence + 1;
  IF FOUND AND is_untouched(next) THEN
    PERFORM withdraw_task(act, o) FROM subtasks(next) s JOIN task o ON o.user_id = next.user_id AND o.id = s.id;
    PERFORM withdraw_task(act, next);
  END IF;
END $$;

-- Tells whether an occurrence and its subtasks are as they were made.
CREATE OR REPLACE FUNCTION is_untouched(next task) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT next.version = 1 AND next.completed_at IS NULL AND next.deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM subtasks(next) s JOIN task t ON t.user_id = next.user_id AND t.id = s.id WHERE t.version > 1)
$$;

-- Takes an occurrence away that nobody has touched. Its row must not stay: its number in the
-- series is free again.
CREATE OR REPLACE FUNCTION withdraw_task(act jsonb, t task) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM task WHERE user_id = t.user_id AND id = t.id;
  PERFORM count_tasks(t.user_id, -1);
  PERFORM record_change(act, 'task', 'deleted', t.id, t.version + 1, task_json(t), NULL);
END $$;

-- {id, ifVersion?}: deletes a task with its subtasks for its user; the rows stay for a time, for
-- the trash and for the series that they may belong to.
CREATE OR REPLACE FUNCTION command_task_delete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  t task := commanded_task(act, command);
BEGIN
  PERFORM delete_tasks(act, ARRAY(SELECT id FROM subtasks(t)) || t.id);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION op_get_task(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT task_json(live_task((args->>'userId')::uuid, (args->>'taskId')::uuid))
$$;

-- {userId, ids} -> [task]: those that are there, in the order of ids.
CREATE OR REPLACE FUNCTION op_get_tasks(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(task_json(t) ORDER BY n), '[]')
  FROM jsonb_array_elements_text(args->'ids') WITH ORDINALITY AS u (wanted, n)
  JOIN task t ON t.user_id = (args->>'userId')::uuid AND t.id = u.wanted::uuid AND t.deleted_at IS NULL
$$;

-- {userId, taskId, limit} -> [task]: the first parts of a task, in order.
CREATE OR REPLACE FUNCTION op_list_subtasks(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(task_json(t) ORDER BY t.position COLLATE "C", t.id), '[]') FROM (
    SELECT * FROM task WHERE user_id = (args->>'userId')::uuid AND parent_id = (args->>'taskId')::uuid AND deleted_at IS NULL
    ORDER BY position COLLATE "C", id LIMIT (args->>'limit')::int) t
$$;

-- The first tasks after a position in the order due, priority, id.
CREATE OR REPLACE FUNCTION tasks_after(args jsonb, at_most int) RETURNS SETOF task
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid uuid := args->>'userId';
  after_due timestamp := coalesce(args->'after'->>'due', '-infinity');
  after_priority smallint := coalesce(args->'after'->>'priority', '0');
  after_id uuid := coalesce(args->'after'->>'id', '00000000-0000-0000-0000-000000000000');
  hidden uuid[] := archived_projects(uid);
BEGIN
  -- A statement for each status: open tasks have an index of their own in this order, and would
  -- be few among the completed ones of years.
  CASE args->>'status'
  WHEN 'open' THEN RETURN QUERY
    SELECT * FROM task WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL
      AND (due_order, priority, id) > (after_due, after_priority, after_id)
      AND (project_id IS NULL OR project_id <> ALL (hidden))
    ORDER BY due_order, priority, id LIMIT at_most;
  WHEN 'completed' THEN RETURN QUERY
    SELECT * FROM task WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NOT NULL
      AND (due_order, priority, id) > (after_due, after_priority, after_id)
      AND (project_id IS NULL OR project_id <> ALL (hidden))
    ORDER BY due_order, priority, id LIMIT at_most;
  ELSE RETURN QUERY
    SELECT * FROM task WHERE user_id = uid AND deleted_at IS NULL
      AND (due_order, priority, id) > (after_due, after_priority, after_id)
      AND (project_id IS NULL OR project_id <> ALL (hidden))
    ORDER BY due_order, priority, id LIMIT at_most;
  END CASE;
END $$;

-- One page of tasks. It ends early when it grows past args.bytes, because one answer
-- must fit into one message.
CREATE OR REPLACE FUNCTION op_read_tasks(args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  at_most int := args->>'limit';
  docs    text[] := '{}';
  bytes   bigint := 0;
  next    json := 'null';
  last    record;
  found   record;
BEGIN
  FOR found IN SELECT task_text(t) AS doc, t.due_order, t.priority, t.id FROM tasks_after(args, at_most + 1) t LOOP
    IF cardinality(docs) = at_most OR bytes >= (args->>'bytes')::bigint THEN
      next := json_build_object('due', last.due_order, 'priority', last.priority, 'id', last.id);
      EXIT;
    END IF;
    docs := array_append(docs, found.doc);
    bytes := bytes + octet_length(found.doc);
    last := found;
  END LOOP;
  RETURN format('{"items":[%s],"next":%s}', array_to_string(docs, ','), next);
END $$;

-- Forgets tasks that were deleted before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_trash(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM task WHERE id IN (
    SELECT id FROM task WHERE deleted_at < (args->>'before')::timestamptz
    ORDER BY deleted_at LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
