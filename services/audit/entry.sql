-- Appends entries of one user, in the order given, and skips those the log already holds.
-- A change whose predecessors are missing ends the batch: the caller brings those first, or an
-- entry that stands for them all, with gap. What retention has dropped does not come back: changes up to
-- the seq that went with it, and other events that are older than it.
-- Each hash is sha256(previous hash || position as 8 bytes, big-endian || body in UTF-8).
-- {userId, entries: [{eventId, changeSeq?, gap?, body}]} -> {appended, changeSeq}
CREATE OR REPLACE FUNCTION op_append_entries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  chain    chains;
  entry    record;
  appended integer := 0;
  expired  timestamptz := (SELECT until + interval '1 hour' FROM dropped); -- clocks may differ
BEGIN
  PERFORM provide_partitions();
  INSERT INTO chains (user_id) VALUES ((args->>'userId')::uuid) ON CONFLICT DO NOTHING;
  SELECT * INTO STRICT chain FROM chains WHERE user_id = (args->>'userId')::uuid FOR UPDATE;
  IF EXISTS (SELECT FROM tombstones WHERE user_id = chain.user_id) THEN
    INSERT INTO erasures (user_id) VALUES (chain.user_id) ON CONFLICT DO NOTHING; -- for the row made above
    RETURN jsonb_build_object('appended', 0, 'changeSeq', buried_seq());
  END IF;

  FOR entry IN
    SELECT e->>'eventId' AS event_id, (e->>'changeSeq')::bigint AS change_seq,
      coalesce((e->>'gap')::boolean, false) AS gap, e->>'body' AS body
    FROM jsonb_array_elements(args->'entries') WITH ORDINALITY AS given (e, n) ORDER BY n
  LOOP
    CONTINUE WHEN entry.change_seq <= chain.begin_seq;
    CONTINUE WHEN expired IS NOT NULL AND entry.change_seq IS NULL AND (entry.body::jsonb->>'at')::timestamptz < expired;
    CONTINUE WHEN EXISTS ( -- in all partitions: no index spans them, but the row of the chain is locked
      SELECT FROM entries WHERE user_id = chain.user_id AND event_id = entry.event_id);
    EXIT WHEN entry.change_seq > chain.change_seq + 1 AND NOT entry.gap;

    chain.position := chain.position + 1;
    chain.hash := sha256(chain.hash || int8send(chain.position) || convert_to(entry.body, 'UTF8'));
    chain.change_seq := greatest(chain.change_seq, entry.change_seq); -- one of a gap may come late
    INSERT INTO entries (user_id, position, event_id, change_seq, body, hash)
    VALUES (chain.user_id, chain.position, entry.event_id, CASE WHEN NOT entry.gap THEN entry.change_seq END, entry.body, chain.hash);
    appended := appended + 1;
  END LOOP;

  UPDATE chains SET position = chain.position, hash = chain.hash, change_seq = chain.change_seq, changed = changed OR appended > 0
  WHERE user_id = chain.user_id;
  RETURN jsonb_build_object('appended', appended, 'changeSeq', chain.change_seq);
END $$;

-- One page of a user's log, of the entries that fit a filter. It ends early once its bodies pass
-- 1 MiB, so that it fits a gRPC message, and once it has looked at 5,000 entries; next is then where to go on.
-- {userId, after, before?, limit, filter?: {entity?, id?, type?, actor?, from?, until?}}
-- -> {items: [{position, hash, body}], head: {position, hash}, begin?: {position, hash}, next?}, begin being the last
-- entry that was dropped.
CREATE OR REPLACE FUNCTION op_list_entries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid     uuid := args->>'userId';
  filter  jsonb := coalesce(args->'filter', '{}');
  most    constant integer := 5000;
  rows    refcursor;
  entry   record;
  looked  integer := 0;
  items   jsonb[] := '{}';
  bytes   bigint := 0;
  next    bigint;
  head    jsonb;
  start   jsonb;
  after   bigint;
BEGIN
  SELECT jsonb_build_object('position', position, 'hash', encode(hash, 'hex')), greatest(begin_position, (args->>'after')::bigint),
    CASE WHEN begin_position > 0 THEN jsonb_build_object('position', begin_position, 'hash', encode(begin_hash, 'hex')) END
  INTO head, after, start
  FROM chains WHERE user_id = uid AND NOT EXISTS (SELECT FROM tombstones WHERE user_id = uid);
  IF head IS NULL THEN
    RETURN jsonb_build_object('items', '[]'::jsonb, 'head', jsonb_build_object('position', 0, 'hash', repeat('00', 32)));
  END IF;

  -- The parts are put together so that each form finds its rows by an index.
  OPEN rows FOR EXECUTE format('SELECT position, hash, body FROM entries WHERE user_id = $1 AND position > $2 %s %s ORDER BY position %s LIMIT $5',
    CASE WHEN args ? 'before' THEN 'AND position < $3' END,
    CASE WHEN filter ? 'id' THEN 'AND subject_of(body) = $4' END,
    CASE WHEN args ? 'before' THEN 'DESC' END)
  USING uid, after, (args->>'before')::bigint, filter->>'id', most;
  LOOP
    FETCH rows INTO entry;
    EXIT WHEN NOT FOUND;
    looked := looked + 1;
    IF filter = '{}' OR entry_fits(entry.body::jsonb, filter) THEN
      items := array_append(items, jsonb_build_object('position', entry.position, 'hash', encode(entry.hash, 'hex'), 'body', entry.body));
      bytes := bytes + octet_length(entry.body);
    END IF;
    IF looked = most OR cardinality(items) = (args->>'limit')::integer OR bytes >= 1048576 THEN
      next := entry.position;
      EXIT;
    END IF;
  END LOOP;
  CLOSE rows;
  RETURN jsonb_strip_nulls(jsonb_build_object('items', to_jsonb(items), 'head', head, 'begin', start, 'next', next));
END $$;

-- Whether a record is one that a filter of op_list_entries means. Changes from before they had one form name
-- their actor otherwise.
CREATE OR REPLACE FUNCTION entry_fits(record jsonb, filter jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT (NOT filter ? 'entity' OR split_part(record->>'type', '.', 1) = filter->>'entity')
    AND (NOT filter ? 'type' OR record->>'type' = filter->>'type')
    AND (NOT filter ? 'actor' OR filter->>'actor' IN (record #>> '{data,by,kind}', record #>> '{data,by,id}', record #>> '{data,actor}'))
    AND (NOT filter ? 'from' OR (record->>'at')::timestamptz >= (filter->>'from')::timestamptz)
    AND (NOT filter ? 'until' OR (record->>'at')::timestamptz < (filter->>'until')::timestamptz)
$$;

-- Up to which seq the logs of users hold all changes: {userIds} -> {userId: seq}
CREATE OR REPLACE FUNCTION op_get_progress(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(user_id, change_seq), '{}')
  FROM (
    SELECT user_id, change_seq FROM chains UNION ALL SELECT user_id, buried_seq() FROM tombstones -- the latter counts
  ) known
  WHERE user_id = ANY (ARRAY(SELECT jsonb_array_elements_text(args->'userIds')::uuid))
$$;
