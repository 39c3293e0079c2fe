-- An API token stands for its user in the hands of a program, as far as its scopes go, until it
-- expires or is revoked. What happens to sessions is nothing to it.

-- Most tokens of a user that stand.
CREATE OR REPLACE FUNCTION token_quota() RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT 50
$$;

CREATE OR REPLACE FUNCTION token_stands(t api_token) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT t.revoked_at IS NULL AND coalesce(t.expires_at > now(), true)
$$;

-- A token as changes tell of it: whoever reads them learns nothing of the secret.
CREATE OR REPLACE FUNCTION token_json(t api_token) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', t.id, 'name', t.name, 'scopes', t.scopes,
    'createdAt', instant(t.created_at), 'expiresAt', instant(t.expires_at))
$$;

-- A token as its user sees it.
CREATE OR REPLACE FUNCTION shown_token(t api_token) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT token_json(t) || jsonb_build_object('prefix', t.prefix, 'lastUsedAt', instant(t.last_used_at))
$$;

-- Makes a token: {userId, by, sessionId, tokenId, hash, prefix, name, scopes, expiresAt?} -> token.
CREATE OR REPLACE FUNCTION op_create_token(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
  uid uuid := act->>'userId';
  t   api_token;
BEGIN
  PERFORM require_standing(args - 'tokenId');
  IF (SELECT count(*) FROM api_token mine WHERE user_id = uid AND token_stands(mine)) >= token_quota() THEN
    PERFORM fail('conflict', '', format('there are %s API tokens already, which is the most; revoke one that is no longer used', token_quota()));
  END IF;
  INSERT INTO api_token (id, user_id, hash, prefix, name, scopes, created_at, expires_at)
  VALUES ((args->>'tokenId')::uuid, uid, decode(args->>'hash', 'hex'), args->>'prefix', args->>'name',
    ARRAY(SELECT jsonb_array_elements_text(args->'scopes')), now(), (args->>'expiresAt')::timestamptz)
  RETURNING * INTO t;
  PERFORM record_change(act, 'token', 'created', t.id, 1, NULL, token_json(t));
  RETURN shown_token(t);
END $$;

-- The tokens of a user that stand, the newest first.
CREATE OR REPLACE FUNCTION op_list_tokens(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(shown_token(t) ORDER BY t.created_at DESC, t.id DESC), '[]')
  FROM api_token t WHERE user_id = (args->>'userId')::uuid AND token_stands(t)
$$;

-- Revokes a token of a user: {userId, by, sessionId, tokenId}.
CREATE OR REPLACE FUNCTION op_revoke_token(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
  t   api_token;
BEGIN
  PERFORM require_standing(args - 'tokenId');
  UPDATE api_token mine SET revoked_at = now()
  WHERE id = (args->>'tokenId')::uuid AND user_id = (act->>'userId')::uuid AND token_stands(mine)
  RETURNING * INTO t;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such API token');
  END IF;
  PERFORM record_change(act, 'token', 'revoked', t.id, 1, token_json(t), NULL);
  RETURN '{}';
END $$;

-- Whom a token stands for: {hash} -> {userId, tokenId, name, scopes, expiresAt} or, for one that
-- does not stand, NULL. Its last use is noted once a minute, and nobody waits for that.
CREATE OR REPLACE FUNCTION op_find_token(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  t api_token;
BEGIN
  SELECT * INTO t FROM api_token WHERE hash = decode(args->>'hash', 'hex');
  IF NOT FOUND OR NOT token_stands(t) THEN
    RETURN NULL;
  END IF;
  IF coalesce(t.last_used_at <= now() - interval '1 minute', true) THEN
    UPDATE api_token SET last_used_at = now() WHERE id = (
      SELECT id FROM api_token WHERE id = t.id AND last_used_at IS NOT DISTINCT FROM t.last_used_at
      FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN jsonb_build_object('userId', t.user_id, 'tokenId', t.id, 'name', t.name, 'scopes', t.scopes,
    'expiresAt', instant(t.expires_at));
END $$;

-- Refuses a caller whose session has ended, or whose API token has: {userId, sessionId} or
-- {userId, tokenId}. What called before may have ended since.
CREATE OR REPLACE FUNCTION require_standing(caller jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(caller->>'sessionId', '') <> '' THEN
    IF NOT EXISTS (
      SELECT FROM session WHERE id = (caller->>'sessionId')::uuid AND user_id = (caller->>'userId')::uuid
        AND revoked_at IS NULL AND expires_at > now())
    THEN
      PERFORM fail('unauthenticated', '', 'the session has ended; sign in again');
    END IF;
  ELSIF NOT EXISTS (
    SELECT FROM api_token t
    WHERE id = (caller->>'tokenId')::uuid AND user_id = (caller->>'userId')::uuid AND token_stands(t))
  THEN
    PERFORM fail('unauthenticated', '', 'the API token is unknown, revoked or expired');
  END IF;
END $$;

-- Forgets tokens that ended before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_tokens(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM api_token WHERE id IN (
    SELECT id FROM api_token WHERE least(expires_at, revoked_at) < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
