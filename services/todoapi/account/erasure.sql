-- The end of an account. From the moment of the deletion it can do nothing; what it holds is erased
-- afterwards, a batch at a time.

-- Deletes an account: {userId, by, sessionId, address, provenHash}. Its address is free at once. The
-- feed holds nothing any more but the change that tells of it: services that were away find it there.
CREATE OR REPLACE FUNCTION op_delete_account(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_proven_act(args);
  uid uuid := act->>'userId';
BEGIN
  DELETE FROM attempt WHERE (kind, subject) IN (SELECT 'login-account', email FROM account WHERE id = uid)
    OR (kind, subject) IN (('verification-minute', uid::text), ('verification-day', uid::text), ('reset', uid::text));
  PERFORM forget_resets(uid);
  DELETE FROM former_email WHERE user_id = uid;
  DELETE FROM invitation WHERE email = (SELECT email FROM account WHERE id = uid);
  UPDATE session SET revoked_at = now() WHERE user_id = uid AND revoked_at IS NULL;
  UPDATE api_token SET revoked_at = now() WHERE user_id = uid AND revoked_at IS NULL;
  UPDATE account SET deleted_at = now(), email = 'deleted:' || uid, password_hash = '', verified_at = NULL,
    new_email = NULL, new_email_asked_at = NULL
  WHERE id = uid;
  PERFORM record_change(act, 'account', 'deleted', uid, 1, NULL, NULL);
  UPDATE event_head SET floor = seq - 1 WHERE user_id = uid;
  INSERT INTO erasure (user_id, seq, deleted_at) SELECT uid, seq, now() FROM event_head WHERE user_id = uid;
  RETURN '{}';
END $$;

-- Refuses to do anything for a deleted or disabled account, also to those who hold an access token
-- that outlives it. The door calls it before each operation (see store). What other services ask about
-- an account that is gone, or of its feed, is answered as of one that never was. Of one that is
-- disabled they learn what keeps them in step, and no address to send anything to.
CREATE OR REPLACE FUNCTION admit(op text, args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF op <> 'read_changes' AND EXISTS (SELECT FROM erasure WHERE user_id = (args->>'userId')::uuid) THEN
    IF op IN ('advance_occurrence', 'disable_webhook', 'get_account', 'issue_reset', 'list_webhook_targets', 'verify_email') OR args ? 'reminding' THEN
      PERFORM fail('not_found', '', 'there is no such user');
    END IF;
    PERFORM fail('unauthenticated', '', 'the session has ended; sign in again');
  END IF;
  IF EXISTS (SELECT FROM disabled_account WHERE user_id = (args->>'userId')::uuid) THEN
    IF op IN ('read_changes', 'advance_occurrence', 'list_webhook_targets', 'disable_webhook') OR args ? 'reminding' THEN
      RETURN;
    ELSIF op IN ('get_account', 'issue_reset', 'issue_verification', 'verify_email') THEN
      PERFORM fail('not_found', '', 'there is no such user');
    END IF;
    PERFORM fail('forbidden', '', 'this account is disabled; ask whoever runs the platform');
  END IF;
END $$;

-- Does nothing: whoever may not do anything is refused before. {userId}.
CREATE OR REPLACE FUNCTION op_admit(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT '{}'::jsonb
$$;

-- Erases up to so many rows of one deleted account: {limit} -> {more, last?}. The account itself goes
-- last, by end_erasure, when its events are out: others learn of the deletion by them.
CREATE OR REPLACE FUNCTION op_erase_account(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  e erasure;
BEGIN
  SELECT * INTO e FROM erasure WHERE erased_at IS NULL AND waits_until <= now()
  ORDER BY waits_until LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN '{"more": false}';
  END IF;
  IF erase_rows(e, (args->>'limit')::int) < (args->>'limit')::int THEN
    IF EXISTS (SELECT FROM outbox WHERE shard = shard_of(e.user_id) AND user_id = e.user_id) THEN
      UPDATE erasure SET waits_until = now() + interval '2 seconds' WHERE user_id = e.user_id;
    ELSE
      -- Whoever dies before the end leaves it to the next one.
      UPDATE erasure SET waits_until = now() + interval '2 seconds' WHERE user_id = e.user_id;
      RETURN jsonb_build_object('more', true, 'last', e.user_id);
    END IF;
  END IF;
  RETURN '{"more": true}';
END $$;

-- Erases an account of which nothing is left: {erased}.
CREATE OR REPLACE FUNCTION op_end_erasure(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM account WHERE id = (args->>'erased')::uuid AND deleted_at IS NOT NULL;
  UPDATE erasure SET erased_at = now() WHERE user_id = (args->>'erased')::uuid;
  RETURN '{}';
END $$;

-- Erases up to at_most rows that belong to an account, and says how many there were.
CREATE OR REPLACE FUNCTION erase_rows(e erasure, at_most int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  uid    uuid := e.user_id;
  gone   int := 0;
  erased int;
  owned  record;
BEGIN
  -- In two steps, because each has an index of its own.
  DELETE FROM task WHERE id = ANY (ARRAY(SELECT id FROM task WHERE user_id = uid AND deleted_at IS NULL LIMIT at_most));
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM task WHERE id = ANY (ARRAY(SELECT id FROM task WHERE user_id = uid AND deleted_at IS NOT NULL LIMIT at_most - gone));
  GET DIAGNOSTICS erased = ROW_COUNT;
  gone := gone + erased;
  DELETE FROM event WHERE user_id = uid AND seq IN (SELECT seq FROM event WHERE user_id = uid AND seq < e.seq ORDER BY seq LIMIT at_most - gone);
  GET DIAGNOSTICS erased = ROW_COUNT;
  gone := gone + erased;
  DELETE FROM refresh_token WHERE hash = ANY (ARRAY(
    SELECT t.hash FROM session s JOIN refresh_token t ON t.session_id = s.id WHERE s.user_id = uid LIMIT at_most - gone));
  GET DIAGNOSTICS erased = ROW_COUNT;
  gone := gone + erased;
  -- Every table that names its owner so, those of which nobody thought here too.
  FOR owned IN
    SELECT conrelid::regclass AS name, attname AS owner_column FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND confrelid = 'account'::regclass ORDER BY 1
  LOOP
    EXIT WHEN gone >= at_most;
    EXECUTE format('DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$I = $1 LIMIT $2))', owned.name, owned.owner_column)
    USING uid, at_most - gone;
    GET DIAGNOSTICS erased = ROW_COUNT;
    gone := gone + erased;
  END LOOP;
  RETURN gone;
END $$;

-- Forgets that accounts were erased before a moment, and with that the last change of their feeds:
-- {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_erasures(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  gone   uuid[];
BEGIN
  gone := ARRAY(SELECT user_id FROM erasure WHERE erased_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  DELETE FROM event WHERE user_id = ANY (gone);
  DELETE FROM event_head WHERE user_id = ANY (gone);
  DELETE FROM erasure WHERE user_id = ANY (gone);
  RETURN jsonb_build_object('more', cardinality(gone) = (args->>'limit')::int);
END $$;
