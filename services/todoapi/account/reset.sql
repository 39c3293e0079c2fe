-- A new password by mail, for those who forgot theirs.

-- Notes that somebody asks for a new password: {email, address, window, perClient} -> {limited,
-- quota?, retryAfter?}. It does the same for every address, so that neither the answer nor the
-- time that it takes tells which ones have an account.
CREATE OR REPLACE FUNCTION op_request_reset(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  exceeded jsonb := count_attempt('reset-client', args->>'address', args->>'window', (args->>'perClient')::int);
BEGIN
  IF exceeded IS NULL THEN
    INSERT INTO reset_request (email, at) VALUES (args->>'email', now());
  END IF;
  RETURN coalesce(exceeded, '{"limited": false}');
END $$;

-- Looks at the request that has waited longest, and asks for the mail if the address is that of an
-- account and verified, at most perAccount times in the window: {by, window, perAccount} -> {more}.
CREATE OR REPLACE FUNCTION op_take_reset_request(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  asked text;
  uid   uuid;
  act   jsonb;
BEGIN
  DELETE FROM reset_request WHERE position = (
    SELECT position FROM reset_request ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING email INTO asked;
  IF NOT FOUND THEN
    RETURN '{"more": false}';
  END IF;
  SELECT id INTO uid FROM account WHERE email = asked AND verified_at IS NOT NULL;
  IF FOUND THEN
    act := begin_act(args || jsonb_build_object('userId', uid));
    IF count_attempt('reset', uid::text, args->>'window', (args->>'perAccount')::int) IS NULL THEN
      UPDATE account SET reset_asked_at = now() WHERE id = uid;
      PERFORM record_change(act, 'account', 'password_reset_requested', uid, 1, NULL, NULL);
    END IF;
  END IF;
  RETURN '{"more": true}';
END $$;

-- Keeps the hash of a token that is about to be mailed: {userId, hash, lifetime} -> {needed, email, locale}.
-- None is needed when the mail was asked for longer ago than that, or the matter is settled.
CREATE OR REPLACE FUNCTION op_issue_reset(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  a account;
BEGIN
  SELECT * INTO a FROM account WHERE id = (args->>'userId')::uuid FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such user');
  END IF;
  IF a.verified_at IS NULL OR coalesce(a.reset_asked_at <= now() - (args->>'lifetime')::interval, true) THEN
    RETURN '{"needed": false}';
  END IF;
  INSERT INTO reset_token (hash, user_id, expires_at)
  VALUES (decode(args->>'hash', 'hex'), a.id, now() + (args->>'lifetime')::interval);
  RETURN jsonb_build_object('needed', true, 'email', a.email, 'locale', a.locale);
END $$;

-- Whose token it is, NULL for one that is not good.
CREATE OR REPLACE FUNCTION user_of_reset(presented bytea) RETURNS uuid
LANGUAGE sql STABLE AS $$
  SELECT user_id FROM reset_token WHERE hash = presented AND expires_at > now()
$$;

-- Says whether a token is good, before a password is hashed for it: {hash}.
CREATE OR REPLACE FUNCTION op_reset_stands(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(user_of_reset(decode(args->>'hash', 'hex')) IS NOT NULL)
$$;

-- Uses up a token for another password and ends all sessions: {hash, passwordHash} -> {done}.
CREATE OR REPLACE FUNCTION op_reset_password(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid uuid := user_of_reset(decode(args->>'hash', 'hex'));
  act jsonb;
BEGIN
  IF uid IS NULL THEN
    RETURN '{"done": false}';
  END IF;
  act := begin_act(jsonb_build_object('userId', uid, 'by', jsonb_build_object('kind', 'person', 'id', uid)));
  IF user_of_reset(decode(args->>'hash', 'hex')) IS NULL THEN -- somebody else was faster
    RETURN '{"done": false}';
  END IF;
  PERFORM set_password(act, args->>'passwordHash', NULL);
  RETURN '{"done": true}';
END $$;

-- Settles what was asked for by mail: whoever knows the password now, or has another address, has
-- no use for it, and links in old mails lead nowhere.
CREATE OR REPLACE FUNCTION forget_resets(uid uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM reset_token WHERE user_id = uid;
  UPDATE account SET reset_asked_at = NULL WHERE id = uid AND reset_asked_at IS NOT NULL;
END $$;

-- Forgets tokens that expired before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_reset_tokens(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM reset_token WHERE hash IN (
    SELECT hash FROM reset_token WHERE expires_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
