-- Platform heads: numbered statements of where the logs of all users stood. Each is drafted with its lines in
-- one transaction, signed by the service, and sealed: whoever dies in between leaves a draft that the next
-- one signs.

-- Returns the head that is to be signed: a draft that is there already, or a new one if logs have changed and
-- the head before is older than a pause: {pause, limit} -> {body, more}, or NULL. A head has up to limit
-- lines; with more to tell, the next one follows at once.
CREATE OR REPLACE FUNCTION op_draft_head(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  last  heads;
  draft heads;
  most  int := args->>'limit';
BEGIN
  LOCK TABLE heads IN SHARE ROW EXCLUSIVE MODE; -- one at a time
  SELECT * INTO last FROM heads ORDER BY number DESC LIMIT 1;
  draft := last;
  IF last IS NULL OR EXISTS (SELECT FROM signed_heads WHERE number = last.number) THEN
    IF last.at > now() - (args->>'pause')::interval AND last.lines < most THEN
      RETURN NULL;
    END IF;
    draft.number := coalesce(last.number, 0) + 1;
    draft.lines := list_changed(draft.number, most);
    IF draft.lines = 0 THEN
      RETURN NULL;
    END IF;
    draft.at := date_trunc('milliseconds', clock_timestamp());
    draft.body := format('{"at":"%s","before":"%s","digest":"%s","lines":%s,"number":%s}',
      to_char(draft.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), encode(coalesce(last.hash, decode(repeat('00', 32), 'hex')), 'hex'),
      encode((SELECT sha256(convert_to(string_agg(line || E'\n', '' ORDER BY user_id), 'UTF8')) FROM head_lines WHERE number = draft.number), 'hex'),
      draft.lines, draft.number);
    draft.hash := sha256(convert_to(draft.body, 'UTF8'));
    INSERT INTO heads SELECT draft.*;
  END IF;
  RETURN jsonb_build_object('body', draft.body, 'more', draft.lines >= most);
END $$;

-- Lists up to so many logs that have changed, and as many that have ended, as lines of a head; returns how many.
CREATE OR REPLACE FUNCTION list_changed(number bigint, most int) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  changes uuid[] := ARRAY(SELECT user_id FROM chains WHERE changed ORDER BY user_id LIMIT most FOR NO KEY UPDATE);
  ends    uuid[] := ARRAY(SELECT user_id FROM tombstones WHERE NOT listed ORDER BY user_id LIMIT most FOR NO KEY UPDATE);
BEGIN
  WITH grown AS (
    UPDATE chains SET changed = false WHERE user_id = ANY (changes)
    RETURNING user_id, position, hash, begin_position, begin_hash
  ), ended AS (
    UPDATE tombstones SET listed = true WHERE user_id = ANY (ends)
    RETURNING user_id, position, hash
  )
  INSERT INTO head_lines (number, user_id, line)
  SELECT list_changed.number, user_id, format('{%s"hash":"%s","position":%s,"userId":"%s"}',
    CASE WHEN begin_position > 0 THEN format('"begin":{"hash":"%s","position":%s},', encode(begin_hash, 'hex'), begin_position) END,
    encode(hash, 'hex'), position, user_id)
  FROM grown g WHERE NOT EXISTS (SELECT FROM tombstones t WHERE t.user_id = g.user_id) AND position > 0
  UNION ALL
  SELECT list_changed.number, user_id, format('{"erased":true,"hash":"%s","position":%s,"userId":"%s"}', encode(hash, 'hex'), coalesce(position, 0), user_id)
  FROM ended;
  RETURN (SELECT count(*) FROM head_lines l WHERE l.number = list_changed.number);
END $$;

-- Keeps a head that was signed, unless somebody else has signed it: {number, line}.
CREATE OR REPLACE FUNCTION op_seal_head(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO signed_heads (number, line) VALUES ((args->>'number')::bigint, args->>'line') ON CONFLICT DO NOTHING;
  RETURN jsonb_build_object('sealed', FOUND);
END $$;

-- Signed heads from a number on, or the newest alone: {from?, limit} -> [line].
CREATE OR REPLACE FUNCTION op_read_heads(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(line ORDER BY number), '[]')
  FROM (
    SELECT number, line FROM signed_heads
    WHERE number >= coalesce((args->>'from')::bigint, (SELECT max(number) FROM signed_heads))
    ORDER BY number LIMIT (args->>'limit')::int
  ) wanted
$$;

-- A page of all signed heads, each followed by its lines: {after?: {number, userId}, limit}
-- -> {lines, next?: {number, userId}}, next being the last that is in the page.
CREATE OR REPLACE FUNCTION op_list_platform_heads(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  none  constant uuid := '00000000-0000-0000-0000-000000000000'; -- stands before all users
  most  int := args->>'limit';
  at    bigint := coalesce((args #>> '{after,number}')::bigint, 0);
  after uuid := coalesce((args #>> '{after,userId}')::uuid, none);
  texts text[] := '{}';
  part  record;
BEGIN
  LOOP
    FOR part IN SELECT user_id, line FROM head_lines WHERE number = at AND user_id > after ORDER BY user_id LIMIT most - cardinality(texts) LOOP
      texts := array_append(texts, part.line);
      after := part.user_id;
    END LOOP;
    EXIT WHEN cardinality(texts) >= most;
    SELECT line INTO part FROM signed_heads WHERE number = at + 1;
    IF NOT FOUND THEN
      RETURN jsonb_build_object('lines', to_jsonb(texts));
    END IF;
    texts := array_append(texts, part.line);
    at := at + 1;
    after := none;
  END LOOP;
  RETURN jsonb_build_object('lines', to_jsonb(texts), 'next', jsonb_build_object('number', at, 'userId', after));
END $$;
