-- Accounts, their sessions and the limits on guessing passwords.

-- Creates an account with its first session; account.created is the first change of every user.
-- With verificationsPerDay, it asks for the mail that verifies the address; with invitationHash, it
-- needs that invitation. A service of the version before names no locale. Where the manifest names no owners, the first account is one.
CREATE OR REPLACE FUNCTION op_sign_up(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  a     account;
  act   jsonb;
  -- Asked before anything is written: whoever writes already holds a lock that others wait for.
  first boolean := args ? 'firstIsOwner' AND is_first_account();
BEGIN
  IF args ? 'invitationHash' THEN
    PERFORM take_invitation(args);
  END IF;
  INSERT INTO account (id, email, password_hash, zone, locale, created_at, owner)
  VALUES ((args->>'userId')::uuid, args->>'email', args->>'passwordHash', args->>'zone', coalesce(args->>'locale', 'en'), now(), first)
  ON CONFLICT (email) DO NOTHING
  RETURNING * INTO a;
  IF NOT FOUND THEN
    PERFORM fail('conflict', 'email', 'already has an account; sign in instead');
  END IF;
  act := begin_act(args);
  PERFORM record_change(act, 'account', 'created', a.id, 1, NULL, NULL);
  IF args ? 'verificationsPerDay' THEN
    PERFORM count_verification(a.id, (args->>'verificationsPerDay')::int);
    PERFORM ask_verification(act);
  END IF;
  PERFORM open_session(args);
  RETURN account_json(a);
END $$;

-- Whether nobody has an account yet. Of those who ask at once, one is told so: the others wait.
CREATE OR REPLACE FUNCTION is_first_account() RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM account) THEN
    LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE;
  END IF;
  RETURN NOT EXISTS (SELECT FROM account);
END $$;

CREATE OR REPLACE FUNCTION account_json(a account) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'email', a.email, 'zone', a.zone, 'locale', a.locale, 'emailVerified', a.verified_at IS NOT NULL, 'owner', a.owner,
    'newEmail', coalesce(pending_email(a), ''), 'formerEmail', coalesce((SELECT f.email FROM former_email f WHERE f.user_id = a.id), ''),
    'verificationAsked', a.verification_asked_at IS NOT NULL, 'mailGrace', coalesce(a.mail_grace_until > now(), false))
$$;

CREATE OR REPLACE FUNCTION op_get_account(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  a account;
BEGIN
  SELECT * INTO a FROM account WHERE id = (args->>'userId')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such user');
  END IF;
  RETURN account_json(a);
END $$;

-- Counts a sign-in attempt before the password is looked at, so that parallel guesses
-- count too, and returns what is needed to check it. An unknown address returns no hash.
-- What one limit refuses does not count for the next: nobody can lock an account from an
-- address that is refused itself. {email, address, window, perClient?, perAddress, perAccount}
-- -> {limited, quota?, retryAfter?}. Services of the version before name no perClient.
CREATE OR REPLACE FUNCTION op_begin_login(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  a account;
  exceeded jsonb := coalesce(
    count_attempt('login-client', args->>'address', args->>'window', (args->>'perClient')::int),
    count_attempt('login', login_subject(args), args->>'window', (args->>'perAddress')::int),
    count_attempt('login-account', args->>'email', args->>'window', (args->>'perAccount')::int));
BEGIN
  IF exceeded IS NOT NULL THEN
    RETURN exceeded; -- no exception: it would undo the count
  END IF;
  SELECT * INTO a FROM account WHERE email = args->>'email';
  IF NOT FOUND THEN
    RETURN jsonb_build_object('limited', false);
  END IF;
  RETURN jsonb_build_object('limited', false, 'passwordHash', a.password_hash, 'account', account_json(a));
END $$;

CREATE OR REPLACE FUNCTION login_subject(args jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT concat(args->>'email', ' ', args->>'address')
$$;

-- Opens a session after a correct password and takes back what begin_login counted. A password
-- that was changed since it was checked is wrong: whoever changed it has ended all other sessions.
-- The session is told as a change; that of a sign-up is told by the creation of the account. Services of the version before name no passwordHash.
CREATE OR REPLACE FUNCTION op_finish_login(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  hash text;
  act  jsonb;
BEGIN
  SELECT password_hash INTO hash FROM account WHERE id = (args->>'userId')::uuid AND deleted_at IS NULL
  FOR NO KEY UPDATE; -- waits for such a change, and holds the lock that begin_act takes
  IF NOT FOUND OR hash <> coalesce(args->>'passwordHash', hash) THEN
    PERFORM fail('unauthenticated', '', 'e-mail address or password is wrong');
  END IF;
  act := begin_act(args);
  PERFORM forget_login_attempt(args);
  PERFORM record_change(act, 'session', 'created', (args->>'sessionId')::uuid, 1, NULL, NULL);
  PERFORM open_session(args);
  RETURN '{}';
END $$;

-- Takes back what begin_login counted: {email, address}.
CREATE OR REPLACE FUNCTION forget_login_attempt(args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM uncount_attempt('login-client', args->>'address');
  DELETE FROM attempt WHERE kind = 'login' AND subject = login_subject(args);
  PERFORM uncount_attempt('login-account', args->>'email');
END $$;

-- Counts an attempt to sign up before its password is hashed:
-- {address, window, perClient} -> {limited, quota?, retryAfter?}.
CREATE OR REPLACE FUNCTION op_begin_sign_up(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT coalesce(count_attempt('sign-up', args->>'address', args->>'window', (args->>'perClient')::int),
    '{"limited": false}')
$$;
