-- Passwords: showing that one knows one's own, and choosing another.

-- Counts a try to show that one knows one's password, as a sign-in, before it is looked at, and
-- returns what it is checked against: {userId, sessionId, address, window, perClient, perAddress,
-- perAccount} -> {limited, quota?, retryAfter?, passwordHash?}. Whoever has got hold of a session
-- guesses no more often than others.
CREATE OR REPLACE FUNCTION op_begin_proof(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  a account;
BEGIN
  PERFORM require_standing(args);
  SELECT * INTO STRICT a FROM account WHERE id = (args->>'userId')::uuid;
  RETURN op_begin_login(args || jsonb_build_object('email', a.email)) - 'account';
END $$;

-- Begins an act of somebody who has shown to know the password: {userId, by, sessionId, address,
-- provenHash} -> act. It refuses one whose session has ended since, or whose password is another by
-- now, and takes back what begin_proof counted.
CREATE OR REPLACE FUNCTION begin_proven_act(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
  a   account;
BEGIN
  PERFORM require_standing(args);
  SELECT * INTO a FROM account WHERE id = (act->>'userId')::uuid;
  IF a.password_hash <> args->>'provenHash' THEN
    PERFORM fail('conflict', '', 'the password was changed meanwhile; sign in with the new one');
  END IF;
  PERFORM forget_login_attempt(args || jsonb_build_object('email', a.email));
  RETURN act;
END $$;

-- Gives a user another password and ends all sessions but the one that is named, if one is.
CREATE OR REPLACE FUNCTION set_password(act jsonb, hash text, keep_session text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account SET password_hash = hash WHERE id = (act->>'userId')::uuid;
  PERFORM forget_resets((act->>'userId')::uuid);
  PERFORM forget_new_email((act->>'userId')::uuid); -- whoever knew the password may have asked for it
  PERFORM end_sessions(act || jsonb_build_object('exceptSessionId', keep_session));
  PERFORM record_change(act, 'account', 'password_changed', (act->>'userId')::uuid, 1, NULL, NULL);
END $$;

-- {userId, by, sessionId, address, provenHash, passwordHash}; the session of the request stays.
CREATE OR REPLACE FUNCTION op_change_password(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_password(begin_proven_act(args), args->>'passwordHash', args->>'sessionId');
  RETURN '{}';
END $$;
