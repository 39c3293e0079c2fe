-- Another address for an account. The old one stays until somebody shows to read the new one.

-- The address that an account is about to have; NULL when there is none or its link has expired.
CREATE OR REPLACE FUNCTION pending_email(a account) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN a.new_email_asked_at > now() - interval '1 day' THEN a.new_email END
$$;

-- Asks for the mail that verifies a new address: {userId, by, sessionId, address, provenHash,
-- newEmail, perDay} -> {limited, quota, retryAfter} or {limited: false, same}. Whether the address has an
-- account is not looked at: nobody shall learn that here.
CREATE OR REPLACE FUNCTION op_request_email_change(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_proven_act(args);
  uid uuid := act->>'userId';
  exceeded jsonb;
BEGIN
  PERFORM FROM account WHERE id = uid AND email = args->>'newEmail';
  IF FOUND THEN
    RETURN '{"limited": false, "same": true}'; -- no exception: the right password would count as a wrong one
  END IF;
  exceeded := count_verification(uid, (args->>'perDay')::int);
  IF exceeded IS NULL THEN
    UPDATE account SET new_email = args->>'newEmail', new_email_asked_at = now() WHERE id = uid;
    PERFORM record_change(act, 'account', 'email_change_requested', uid, 1, NULL, NULL);
  END IF;
  RETURN coalesce(exceeded, '{"limited": false}');
END $$;

-- Gives an account the address that it waits for. Links that were mailed to the old one are good
-- for nothing any more, and it is told if somebody has shown to read there.
CREATE OR REPLACE FUNCTION take_new_email(act jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  uid uuid := act->>'userId';
BEGIN
  DELETE FROM former_email WHERE user_id = uid;
  INSERT INTO former_email (user_id, email, changed_at)
  SELECT id, email, now() FROM account WHERE id = uid AND verified_at IS NOT NULL;
  BEGIN
    UPDATE account SET email = new_email, verified_at = now(), new_email = NULL, new_email_asked_at = NULL WHERE id = uid;
  EXCEPTION WHEN unique_violation THEN
    PERFORM fail('conflict', '', 'another account has this address by now; sign in there, or change to another address');
  END;
  PERFORM forget_resets(uid);
  PERFORM record_change(act, 'account', 'email_changed', uid, 1, NULL, NULL);
END $$;

-- Takes back that an account waits for another address.
CREATE OR REPLACE FUNCTION forget_new_email(uid uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account SET new_email = NULL, new_email_asked_at = NULL WHERE id = uid AND new_email IS NOT NULL;
END $$;

-- Forgets former addresses from before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_former_emails(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM former_email WHERE user_id IN (
    SELECT user_id FROM former_email WHERE changed_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
