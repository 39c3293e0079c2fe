-- Appends entries of one user, in the order given, and skips those the log already holds.
-- A change whose predecessors are missing ends the batch: the caller brings those first, or an
-- entry that stands for them all, with gap.
-- Each hash is sha256(previous hash || position as 8 bytes, big-endian || body in UTF-8).
-- {userId, entries: [{eventId, changeSeq?, gap?, body}]} -> {appended, changeSeq}
CREATE OR REPLACE FUNCTION op_append_entries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  chain    chains;
  entry    record;
  appended integer := 0;
BEGIN
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
    CONTINUE WHEN EXISTS (
      SELECT FROM entries WHERE user_id = chain.user_id AND event_id = entry.event_id);
    EXIT WHEN entry.change_seq > chain.change_seq + 1 AND NOT entry.gap;

    chain.position := chain.position + 1;
    chain.hash := sha256(chain.hash || int8send(chain.position) || convert_to(entry.body, 'UTF8'));
    chain.change_seq := greatest(chain.change_seq, entry.change_seq); -- one of a gap may come late
    INSERT INTO entries (user_id, position, event_id, change_seq, body, hash)
    VALUES (chain.user_id, chain.position, entry.event_id, CASE WHEN NOT entry.gap THEN entry.change_seq END, entry.body, chain.hash);
    appended := appended + 1;
  END LOOP;

  UPDATE chains SET position = chain.position, hash = chain.hash, change_seq = chain.change_seq
  WHERE user_id = chain.user_id;
  RETURN jsonb_build_object('appended', appended, 'changeSeq', chain.change_seq);
END $$;

-- One page of a user's log. It ends early once its bodies pass 1 MiB, so that it fits a gRPC message.
-- {userId, after, limit} -> {items: [{position, hash, body}], head: {position, hash}}
CREATE OR REPLACE FUNCTION op_list_entries(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'items', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'position', position, 'hash', encode(hash, 'hex'), 'body', body) ORDER BY position), '[]')
      FROM (
        SELECT position, hash, body,
             sum(octet_length(body)) OVER (ORDER BY position) - octet_length(body) AS bytes_before
        FROM entries
        WHERE user_id = (args->>'userId')::uuid AND NOT EXISTS (SELECT FROM tombstones WHERE user_id = (args->>'userId')::uuid)
          AND position > (args->>'after')::bigint
        ORDER BY position LIMIT (args->>'limit')::integer
      ) page
      WHERE bytes_before < 1048576),
    'head', coalesce(
      (SELECT jsonb_build_object('position', position, 'hash', encode(hash, 'hex'))
       FROM chains WHERE user_id = (args->>'userId')::uuid AND NOT EXISTS (SELECT FROM tombstones WHERE user_id = (args->>'userId')::uuid)),
      jsonb_build_object('position', 0, 'hash', repeat('00', 32))))
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
