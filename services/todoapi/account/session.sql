-- A session is one signed-in device: a family of refresh tokens, of which each may be used once.

-- Most sessions of a user: more devices than a person has, and few enough to look through.
CREATE OR REPLACE FUNCTION session_quota() RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT 50
$$;

-- Opens a session, whose change its caller records. Where it is one too many, those end that were not used for longest.
CREATE OR REPLACE FUNCTION open_session(args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  oldest uuid;
BEGIN
  INSERT INTO session (id, user_id, device, created_at, used_at, expires_at)
  VALUES ((args->>'sessionId')::uuid, (args->>'userId')::uuid, args->>'device', now(), now(),
          now() + (args->>'sessionLifetime')::interval);
  INSERT INTO refresh_token (hash, session_id, issued_at)
  VALUES (decode(args->>'tokenHash', 'hex'), (args->>'sessionId')::uuid, now());
  FOR oldest IN
    SELECT id FROM session WHERE user_id = (args->>'userId')::uuid AND revoked_at IS NULL AND expires_at > now()
    ORDER BY used_at DESC, id DESC OFFSET session_quota()
  LOOP
    PERFORM end_sessions(args || jsonb_build_object('sessionId', oldest));
  END LOOP;
END $$;

-- Exchanges a refresh token for its successor (RFC 9700 section 4.14.2). A used token may
-- come back within the grace period: the first answer was lost, or two tabs asked at once.
-- But of all that descends from it, one line alone may go on; a token that comes back
-- later, or that continues a second line, was copied: the session ends.
CREATE OR REPLACE FUNCTION op_rotate_refresh_token(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  owner jsonb := session_of_token(decode(args->>'tokenHash', 'hex'));
  s session;
  t refresh_token;
  presented bytea := decode(args->>'tokenHash', 'hex');
BEGIN
  -- The session row is the lock of the whole family.
  SELECT s2.* INTO s FROM session s2 JOIN refresh_token t2 ON t2.session_id = s2.id
  WHERE t2.hash = presented FOR UPDATE OF s2;
  IF NOT FOUND OR s.revoked_at IS NOT NULL OR s.expires_at <= now() THEN
    RETURN jsonb_build_object('outcome', 'refused');
  END IF;
  SELECT * INTO t FROM refresh_token WHERE hash = presented;
  IF t.used_at + (args->>'grace')::interval <= clock_timestamp()
    OR (t.used_at IS NOT NULL AND EXISTS (SELECT FROM refresh_token WHERE parent = presented AND used_at IS NOT NULL))
    OR EXISTS (SELECT FROM refresh_token WHERE parent = t.parent AND hash <> presented AND used_at IS NOT NULL)
  THEN
    PERFORM end_sessions(owner);
    -- No exception: it would undo the revocation.
    RETURN jsonb_build_object('outcome', 'reused', 'userId', s.user_id, 'sessionId', s.id);
  END IF;
  UPDATE refresh_token SET used_at = coalesce(used_at, clock_timestamp()) WHERE hash = presented;
  INSERT INTO refresh_token (hash, session_id, parent, issued_at)
  VALUES (decode(args->>'nextTokenHash', 'hex'), s.id, presented, now());
  UPDATE session SET used_at = now(), expires_at = now() + (args->>'sessionLifetime')::interval WHERE id = s.id;
  RETURN jsonb_build_object('outcome', 'rotated', 'sessionId', s.id,
    'account', (SELECT account_json(a) FROM account a WHERE a.id = s.user_id));
END $$;

-- Ends sessions of a user: the one named, or all, or all but one. Each end is a change, so that sockets opened
-- by the session close.
CREATE OR REPLACE FUNCTION end_sessions(args jsonb) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  act   jsonb := begin_act(args);
  s     session;
  ended int := 0;
BEGIN
  FOR s IN
    UPDATE session SET revoked_at = now()
    WHERE user_id = (args->>'userId')::uuid AND revoked_at IS NULL AND expires_at > now()
      AND (args->>'sessionId' IS NULL OR id = (args->>'sessionId')::uuid)
      AND (args->>'exceptSessionId' IS NULL OR id <> (args->>'exceptSessionId')::uuid)
    RETURNING *
  LOOP
    PERFORM record_change(act, 'session', 'ended', s.id, 1, NULL, NULL);
    ended := ended + 1;
  END LOOP;
  RETURN ended;
END $$;

-- The user and the session of a refresh token, as arguments of end_sessions; NULL when unknown.
CREATE OR REPLACE FUNCTION session_of_token(presented bytea) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('userId', s.user_id, 'sessionId', s.id, 'actor', s.user_id)
  FROM refresh_token t JOIN session s ON s.id = t.session_id WHERE t.hash = presented
$$;

-- Ends the session of a refresh token; an unknown token is already signed out.
CREATE OR REPLACE FUNCTION op_revoke_refresh_token(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  owner jsonb := session_of_token(decode(args->>'tokenHash', 'hex'));
BEGIN
  IF owner IS NOT NULL THEN
    PERFORM end_sessions(owner || args);
  END IF;
  RETURN '{}';
END $$;

-- Ends one session of a user, or all of them when no session id is given.
CREATE OR REPLACE FUNCTION op_revoke_sessions(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  IF end_sessions(jsonb_build_object('actor', args->'userId') || args) = 0 AND args->>'sessionId' IS NOT NULL THEN
    PERFORM fail('not_found', '', 'there is no such session');
  END IF;
  RETURN '{}';
END $$;

CREATE OR REPLACE FUNCTION op_list_sessions(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'id', id, 'device', device, 'createdAt', created_at, 'usedAt', used_at, 'expiresAt', expires_at
  ) ORDER BY used_at DESC), '[]')
  FROM (
    SELECT * FROM session
    WHERE user_id = (args->>'userId')::uuid AND revoked_at IS NULL AND expires_at > now()
    ORDER BY used_at DESC LIMIT 100
  ) s
$$;

-- Says whether a session still stands, for holders of an access token that outlives it.
CREATE OR REPLACE FUNCTION op_session_stands(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(EXISTS (
    SELECT 1 FROM session
    WHERE id = (args->>'sessionId')::uuid AND user_id = (args->>'userId')::uuid
      AND revoked_at IS NULL AND expires_at > now()))
$$;

-- Forgets sessions that ended before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_sessions(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM session WHERE id IN (
    SELECT id FROM session
    WHERE least(expires_at, revoked_at) < coalesce((args->>'before')::timestamptz, now() - interval '1 day')
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;

-- What replicas of the version before call while they still run beside this one: counters are
-- in the table attempt. Goes with the next version, and with it the table login_attempt.
CREATE OR REPLACE FUNCTION op_prune_login_attempts(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM login_attempt WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM login_attempt WHERE resets_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;

-- Forgets tokens that were used before a moment, {before, limit} -> {more}: one that was used
-- so long ago is refused for being unknown.
CREATE OR REPLACE FUNCTION op_prune_refresh_tokens(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM refresh_token WHERE hash IN (
    SELECT hash FROM refresh_token WHERE used_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
