-- Imports in the background. One is received chunk by chunk, waits, is run by one replica at a time
-- in turns, and ends as done or failed; then its file is forgotten. Its user names it by id, and the
-- replica that runs it by the lease besides: that one alone may go on.

-- An import as lists show it.
CREATE OR REPLACE FUNCTION import_json(i import) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('id', i.id, 'state', i.state, 'format', i.options->'format',
    'dryRun', i.options->'dryRun', 'objects', i.objects, 'handled', i.handled, 'reason', i.reason,
    'createdAt', instant(i.created_at), 'endedAt', instant(i.ended_at)))
$$;

-- The acts of an import, in order, as long as they can be undone.
CREATE OR REPLACE FUNCTION import_groups(i import) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(act_group ORDER BY seq), '[]') FROM operation
  WHERE user_id = i.user_id AND starts_with(key, 'import:' || i.import_id || ':') AND at >= i.created_at
$$;

-- Begins to receive a file: {userId, by, sessionId?, tokenId?, id, caller, options}. It takes the
-- place of one that is being received. Of those that ended, the 19 newest stay beside it.
CREATE OR REPLACE FUNCTION op_begin_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid uuid := begin_act(args)->>'userId';
BEGIN
  PERFORM require_standing(args);
  IF EXISTS (SELECT FROM import WHERE user_id = uid AND state IN ('waiting', 'running')) THEN
    PERFORM fail('conflict', '', 'another import of yours is waiting or running; try again when it has ended, or cancel it');
  END IF;
  DELETE FROM import WHERE user_id = uid AND state = 'receiving';
  DELETE FROM import WHERE id IN (SELECT id FROM import WHERE user_id = uid ORDER BY created_at DESC, id OFFSET 19);
  INSERT INTO import (id, user_id, caller, options, state, created_at, free_at)
  VALUES ((args->>'id')::uuid, uid, args->'caller', args->'options', 'receiving', now(), now());
  RETURN '{}';
END $$;

-- Stores a chunk of a file that is being received: {userId, id, n, data}, in base64.
CREATE OR REPLACE FUNCTION op_add_import_chunk(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM import WHERE id = (args->>'id')::uuid AND user_id = (args->>'userId')::uuid AND state = 'receiving' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('conflict', '', 'you have begun to send another file since');
  END IF;
  INSERT INTO import_chunk (import_id, n, user_id, data)
  VALUES ((args->>'id')::uuid, (args->>'n')::int, (args->>'userId')::uuid, decode(args->>'data', 'base64'))
  ON CONFLICT DO NOTHING;
  RETURN '{}';
END $$;

-- Has an import wait whose file is there: {userId, id, chunks} -> import.
CREATE OR REPLACE FUNCTION op_queue_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  queued jsonb;
BEGIN
  UPDATE import SET state = 'waiting', chunks = (args->>'chunks')::int, free_at = now()
  WHERE id = (args->>'id')::uuid AND user_id = (args->>'userId')::uuid AND state = 'receiving';
  SELECT import_json(i) INTO queued FROM import i WHERE id = (args->>'id')::uuid AND user_id = (args->>'userId')::uuid;
  IF queued IS NULL THEN
    PERFORM fail('conflict', '', 'you have begun to send another file since');
  END IF;
  RETURN queued;
END $$;

-- The imports of a user, the newest first: {userId, limit}.
CREATE OR REPLACE FUNCTION op_list_imports(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(import_json(i) ORDER BY i.created_at DESC, i.id), '[]') FROM (
    SELECT * FROM import WHERE user_id = (args->>'userId')::uuid AND state <> 'receiving'
    ORDER BY created_at DESC, id LIMIT (args->>'limit')::int) i
$$;

-- One import of a user, with its report and acts: {userId, id}.
CREATE OR REPLACE FUNCTION op_get_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  i import;
BEGIN
  SELECT * INTO i FROM import WHERE id = (args->>'id')::uuid AND user_id = (args->>'userId')::uuid AND state <> 'receiving';
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such import');
  END IF;
  RETURN import_json(i) || jsonb_build_object('report', i.report, 'groups', import_groups(i));
END $$;

-- Cancels what is left of an import of a user, if anything is: {userId, by, sessionId?, tokenId?, id}.
CREATE OR REPLACE FUNCTION op_cancel_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  i import;
BEGIN
  PERFORM require_standing(args);
  SELECT * INTO i FROM import WHERE id = (args->>'id')::uuid AND user_id = (args->>'userId')::uuid AND state <> 'receiving' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such import');
  END IF;
  IF i.state IN ('waiting', 'running') THEN
    PERFORM end_import(i, NULL, 'it was cancelled');
  END IF;
  RETURN '{}';
END $$;

-- Ends an import: as done where there is a report, and else as failed for a reason.
CREATE OR REPLACE FUNCTION end_import(i import, report jsonb, reason text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE import SET state = CASE WHEN end_import.report IS NULL THEN 'failed' ELSE 'done' END,
    handled = CASE WHEN end_import.report IS NULL THEN handled ELSE objects END,
    report = end_import.report || jsonb_build_object('groups', import_groups(i)), reason = end_import.reason,
    lease = NULL, ended_at = now()
  WHERE id = i.id;
  DELETE FROM import_chunk WHERE import_id = i.id;
END $$;

-- Gives the import that has waited longest to a replica, for so many seconds: {lease, seconds} ->
-- {id, caller, options, chunks, failures, fresh?} or NULL. One that was lost with its replica for
-- the fifth time may be what ends them.
CREATE OR REPLACE FUNCTION op_claim_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  i import;
BEGIN
  LOOP
    SELECT * INTO i FROM import WHERE state IN ('waiting', 'running') AND free_at <= now()
    ORDER BY free_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    EXIT WHEN i.state = 'waiting' OR i.lost < 4;
    PERFORM end_import(i, NULL, 'the platform broke off each time that it tried; divide the file, and say so to whoever runs the platform');
  END LOOP;
  UPDATE import SET state = 'running', lease = (args->>'lease')::uuid, free_at = now() + make_interval(secs => (args->>'seconds')::float),
    lost = lost + (i.state = 'running')::int
  WHERE id = i.id;
  RETURN jsonb_build_object('id', i.id, 'caller', i.caller, 'options', i.options, 'chunks', i.chunks, 'failures', i.failures, 'fresh', i.fresh);
END $$;

-- The import that a replica runs: {id, lease}. It is none any more when it was cancelled, or another
-- replica has taken it.
CREATE OR REPLACE FUNCTION leased_import(args jsonb) RETURNS import
LANGUAGE plpgsql AS $$
DECLARE
  i import;
BEGIN
  SELECT * INTO i FROM import WHERE id = (args->>'id')::uuid AND lease = (args->>'lease')::uuid AND state = 'running' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'the import has ended, or is run elsewhere');
  END IF;
  RETURN i;
END $$;

-- A chunk of a file: {id, lease, n} -> {data}, in base64.
CREATE OR REPLACE FUNCTION op_read_import_chunk(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  i import := leased_import(args);
BEGIN
  RETURN (SELECT jsonb_build_object('data', translate(encode(data, 'base64'), E'\n', ''))
    FROM import_chunk WHERE import_id = i.id AND n = (args->>'n')::int);
END $$;

-- Notes how far an import is, and renews the lease: {id, lease, seconds, importId, objects, handled, fresh}.
CREATE OR REPLACE FUNCTION op_note_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  i import := leased_import(args);
BEGIN
  UPDATE import SET free_at = now() + make_interval(secs => (args->>'seconds')::float), import_id = (args->>'importId')::uuid,
    objects = (args->>'objects')::int, handled = greatest(handled, (args->>'handled')::int), fresh = coalesce(fresh, (args->>'fresh')::boolean)
  WHERE id = i.id;
  RETURN '{}';
END $$;

-- Has an import wait again that is not over: {id, lease}. Those that wait already come first.
CREATE OR REPLACE FUNCTION op_put_back_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  i import := leased_import(args);
BEGIN
  UPDATE import SET state = 'waiting', lease = NULL, free_at = now() WHERE id = i.id;
  RETURN '{}';
END $$;

-- Has an import wait for so many seconds with which the platform could not go on, or ends it where
-- that has been so for an hour: {id, lease, seconds, reason}.
CREATE OR REPLACE FUNCTION op_retry_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  i import := leased_import(args);
BEGIN
  IF i.failing_since <= now() - interval '1 hour' THEN
    PERFORM end_import(i, NULL, args->>'reason');
  ELSE
    UPDATE import SET state = 'waiting', lease = NULL, free_at = now() + make_interval(secs => (args->>'seconds')::float),
      failures = failures + 1, failing_since = coalesce(failing_since, now())
    WHERE id = i.id;
  END IF;
  RETURN '{}';
END $$;

-- Ends an import that a replica runs: {id, lease, report?, reason?}.
CREATE OR REPLACE FUNCTION op_end_import(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM end_import(leased_import(args), args->'report', args->>'reason');
  RETURN '{}';
END $$;

-- Forgets imports that ended before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_imports(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM import WHERE id = ANY (ARRAY(
    SELECT id FROM import WHERE ended_at < (args->>'before')::timestamptz LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;

-- Forgets files that began to arrive before a moment and never did: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_uploads(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM import WHERE id = ANY (ARRAY(
    SELECT id FROM import WHERE state = 'receiving' AND created_at < (args->>'before')::timestamptz LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
