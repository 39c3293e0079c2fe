-- Changes: what happened to a user's data, in one form for every kind of object. A writing
-- operation calls begin_act, does its work, and calls record_change for each object that
-- it changed.

-- A moment as the API writes it.
CREATE OR REPLACE FUNCTION instant(at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Makes the user's other writers wait until this transaction ends, and returns what all
-- changes of the act have in common: {userId, zone, at, by, opId?, group?}. args.by is who
-- acts; services of the version before say args.actor.
CREATE OR REPLACE FUNCTION begin_act(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid := args->>'userId';
  zone text;
BEGIN
  SELECT account.zone INTO zone FROM account WHERE id = uid AND deleted_at IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('not_found', 'userId', 'there is no such user');
  END IF;
  RETURN jsonb_strip_nulls(jsonb_build_object('userId', uid, 'zone', zone, 'at', instant(clock_timestamp()),
    'by', coalesce(args->'by', jsonb_build_object(
      'kind', CASE WHEN args->>'actor' = args->>'userId' THEN 'person' ELSE 'system' END, 'id', args->'actor')),
    'opId', args->'opId', 'group', args->'group'));
END $$;

-- Records that an object was changed, for the feed and, through the outbox, for other
-- services.
CREATE OR REPLACE FUNCTION record_change(act jsonb, entity text, verb text, id uuid, version bigint, before jsonb, after jsonb)
RETURNS void
LANGUAGE sql AS $$
  SELECT record_changes(act, entity, verb, ARRAY[id], ARRAY[version], ARRAY[before], ARRAY[after])
$$;

-- Records that objects of a kind were changed in one way, in the order given.
CREATE OR REPLACE FUNCTION record_changes(act jsonb, entity text, verb text, ids uuid[], versions bigint[], befores jsonb[], afters jsonb[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  uid  uuid := act->>'userId';
  last bigint;
BEGIN
  IF cardinality(ids) > 0 THEN
    last := next_seqs(uid, cardinality(ids));
    PERFORM record_event(change_doc(act || jsonb_build_object('seq', last - cardinality(ids) + n, 'eventId', new_event_id(),
      'type', entity || '.' || verb, 'entity', entity, 'id', id, 'version', version), before, after))
    FROM unnest(ids, versions, befores, afters) WITH ORDINALITY AS u (id, version, before, after, n);
  END IF;
END $$;

-- A change with what its object was and is, either of which may be NULL. taskId and actor are for
-- readers of the version before.
CREATE OR REPLACE FUNCTION change_doc(change jsonb, before jsonb, after jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  doc jsonb := change || jsonb_build_object('actor', change->'by'->'id', 'taskId', change->'id', 'before', before, 'after', after);
BEGIN
  -- Built whole and cut, because most changes have all of it and each || copies both objects.
  IF change->>'entity' <> 'task' THEN doc := doc - 'taskId'; END IF;
  IF before IS NULL THEN doc := doc - 'before'; END IF;
  IF after IS NULL THEN doc := doc - 'after'; END IF;
  RETURN doc;
END $$;

CREATE OR REPLACE FUNCTION record_event(change jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  uid      uuid := change->>'userId';
  event_id uuid := change->>'eventId';
  at       timestamptz := change->>'at';
BEGIN
  INSERT INTO event (user_id, seq, event_id, type, subject, at, data, sent_at)
  VALUES (uid, (change->>'seq')::bigint, event_id, change->>'type', change->>'id', at, change, at);
  PERFORM enqueue(uid, event_id, change->>'type', change->>'id', at, change);
END $$;

-- A change as it is read, also one from before changes had one form.
CREATE OR REPLACE FUNCTION change_json(e event) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN e.data ? 'entity' THEN e.data ELSE e.data || jsonb_build_object(
    'type', CASE WHEN e.data ? 'taskId' THEN e.type ELSE 'account.created' END,
    'entity', CASE WHEN e.data ? 'taskId' THEN 'task' ELSE 'account' END,
    'id', coalesce(e.data->>'taskId', e.data->>'userId'),
    'version', coalesce(e.data->'after'->'version', e.data->'before'->'version', '1'),
    'by', jsonb_build_object('kind', CASE WHEN e.data->>'actor' = e.data->>'userId' THEN 'person' ELSE 'system' END, 'id', e.data->'actor'))
  END
$$;

-- The user's last seq, 0 before the first change.
CREATE OR REPLACE FUNCTION head_of(uid uuid) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT seq FROM event_head WHERE user_id = uid), 0)
$$;

-- Changes after args.after in order: {items, head, floor}. A page ends early when it grows
-- past args.bytes; there are more as long as the last seq is less than head. Changes up to
-- floor have been forgotten: there are no items after a seq below it.
CREATE OR REPLACE FUNCTION op_read_changes(args jsonb) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  h      event_head;
  change text;
  items  text[] := '{}';
  bytes  bigint := 0;
BEGIN
  SELECT * INTO h FROM event_head WHERE user_id = (args->>'userId')::uuid;
  -- A loop and no window function: that one would unpack all that follows for each page.
  FOR change IN
    SELECT change_json(e)::text FROM event e
    WHERE user_id = (args->>'userId')::uuid AND seq > (args->>'after')::bigint AND (args->>'after')::bigint >= h.floor
    ORDER BY seq LIMIT (args->>'limit')::int
  LOOP
    items := array_append(items, change);
    bytes := bytes + octet_length(change);
    EXIT WHEN bytes >= (args->>'bytes')::bigint;
  END LOOP;
  RETURN json_build_object('head', coalesce(h.seq, 0), 'floor', coalesce(h.floor, 0),
    'items', ('[' || array_to_string(items, ',') || ']')::json);
END $$;

-- Takes a ticket and returns what its caller's feed holds after a seq, as read_changes does:
-- {hash, after, limit, bytes} -> {caller, changes}.
CREATE OR REPLACE FUNCTION op_open_feed(args jsonb) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  caller jsonb := redeem_ticket(decode(args->>'hash', 'hex'));
BEGIN
  RETURN json_build_object('caller', caller,
    'changes', op_read_changes(args || jsonb_build_object('userId', caller->'userId')));
END $$;

-- The last seq of each user after one, in the order of ids: [{userId, seq}].
CREATE OR REPLACE FUNCTION op_list_heads(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('userId', user_id, 'seq', seq) ORDER BY user_id), '[]')
  FROM (
    SELECT user_id, seq FROM event_head
    WHERE user_id > coalesce((args->>'after')::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY user_id LIMIT (args->>'limit')::int
  ) h
$$;

-- The last seq of each of some users, those without changes left out: {users} -> [{userId, seq}].
CREATE OR REPLACE FUNCTION op_list_heads_of(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('userId', user_id, 'seq', seq) ORDER BY user_id), '[]')
  FROM event_head
  WHERE user_id = ANY (ARRAY(SELECT jsonb_array_elements_text(args->'users')::uuid))
$$;

-- One page of the open tasks in the order of their ids, which never change, with the head
-- of the feed at that moment: changes after the head of the first page bring it all up to
-- date. The first page holds all projects, sections, tags and filters too. With args.reminding
-- there are only tasks that remind of something, and the ids of the projects that are archived.
CREATE OR REPLACE FUNCTION op_read_snapshot(args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid     uuid := args->>'userId';
  at_most int := args->>'limit';
  ids     uuid[] := open_tasks_after(uid, coalesce((args->>'after')::uuid, '00000000-0000-0000-0000-000000000000'),
    args ? 'reminding', at_most + 1);
  last    uuid;
  found   record;
  docs    text[] := '{}';
  bytes   bigint := 0;
  first   boolean := NOT args ?| '{after,reminding}';
  places  jsonb := CASE WHEN first THEN op_list_projects(args) ELSE '{"projects": [], "sections": []}' END;
BEGIN
  FOR found IN SELECT t.id, task_text(t) AS doc FROM task t WHERE user_id = uid AND t.id = ANY (ids) ORDER BY t.id LOOP
    EXIT WHEN cardinality(docs) = at_most OR bytes >= (args->>'bytes')::bigint;
    last := found.id;
    docs := array_append(docs, found.doc);
    bytes := bytes + octet_length(found.doc);
  END LOOP;
  RETURN format('{"head":%s,"projects":%s,"sections":%s,"tags":%s,"filters":%s,"settings":%s,"tasks":[%s],"comments":[],"archived":%s,"next":%s}',
    head_of(uid), places->'projects', places->'sections',
    CASE WHEN first THEN op_list_tags(args) ELSE '[]' END, CASE WHEN first THEN op_list_filters(args) ELSE '[]' END,
    coalesce((SELECT settings_json(a) FROM account a WHERE a.id = uid), 'null'),
    array_to_string(docs, ','), CASE WHEN args ? 'reminding' THEN to_json(archived_projects(uid)) ELSE '[]' END,
    coalesce(to_json(CASE WHEN cardinality(docs) < cardinality(ids) THEN last::text
      WHEN NOT args ? 'reminding' AND EXISTS (SELECT FROM snapshot_comments(uid, NULL, 1)) THEN 'comments' END), 'null'));
END $$;

-- The pages of a snapshot after those with tasks: {userId, after?, limit, bytes}, after being the id of
-- the last comment before.
CREATE OR REPLACE FUNCTION op_read_snapshot_comments(args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid   uuid := args->>'userId';
  found comment;
  last  uuid;
  doc   text;
  docs  text[] := '{}';
  bytes bigint := 0;
  more  boolean := false;
BEGIN
  FOR found IN SELECT * FROM snapshot_comments(uid, (args->>'after')::uuid, (args->>'limit')::int + 1) LOOP
    more := cardinality(docs) = (args->>'limit')::int OR bytes >= (args->>'bytes')::bigint;
    EXIT WHEN more;
    doc := comment_json(found)::text;
    docs := array_append(docs, doc);
    bytes := bytes + octet_length(doc);
    last := found.id;
  END LOOP;
  RETURN format('{"head":%s,"projects":[],"sections":[],"tags":[],"filters":[],"settings":%s,"tasks":[],"comments":[%s],"next":%s}',
    head_of(uid), coalesce((SELECT settings_json(a) FROM account a WHERE a.id = uid), 'null'), array_to_string(docs, ','),
    coalesce(to_json(CASE WHEN more THEN 'comments:' || last END), 'null'));
END $$;

-- The first comments on open tasks after one, in the order of ids.
CREATE OR REPLACE FUNCTION snapshot_comments(uid uuid, after uuid, at_most int) RETURNS SETOF comment
LANGUAGE sql STABLE AS $$
  SELECT c.* FROM comment c JOIN task t ON t.user_id = uid AND t.id = c.task_id AND t.deleted_at IS NULL AND t.completed_at IS NULL
  WHERE c.user_id = uid AND c.deleted_at IS NULL AND (after IS NULL OR c.id > after) ORDER BY c.id LIMIT at_most
$$;

-- The ids of the first open tasks after one. They are sorted here, from an index in another
-- order that has them: one in this order would be written with every change of every task.
CREATE OR REPLACE FUNCTION open_tasks_after(uid uuid, after uuid, reminding boolean, at_most int) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF reminding THEN
    RETURN ARRAY(SELECT id FROM task WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL
      AND id > after AND reminders <> '[]' ORDER BY id LIMIT at_most);
  END IF;
  RETURN ARRAY(SELECT id FROM task WHERE user_id = uid AND deleted_at IS NULL AND completed_at IS NULL
    AND id > after ORDER BY id LIMIT at_most);
END $$;

-- Forgets changes made before a moment, oldest first, and raises the floors of their users:
-- {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_changes(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  WITH gone AS (
    DELETE FROM event WHERE (user_id, seq) IN (
      SELECT user_id, seq FROM event WHERE at < (args->>'before')::timestamptz AND sent_at IS NOT NULL
      ORDER BY at LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED)
    RETURNING user_id, seq
  ), raised AS (
    UPDATE event_head h SET floor = greatest(h.floor, g.seq)
    FROM (SELECT user_id, max(seq) AS seq FROM gone GROUP BY user_id) g WHERE h.user_id = g.user_id
  )
  SELECT count(*) INTO pruned FROM gone;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
