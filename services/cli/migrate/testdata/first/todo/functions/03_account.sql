-- Accounts, their sessions and the limits on guessing passwords.

-- Creates an account with its first session; user.created is the first change of every user.
CREATE OR REPLACE FUNCTION op_sign_up(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  a account;
BEGIN
  INSERT INTO account (id, email, password_hash, zone, created_at)
  VALUES ((args->>'userId')::uuid, args->>'email', args->>'passwordHash', args->>'zone', now())
  ON CONFLICT (email) DO NOTHING
  RETURNING * INTO a;
  IF NOT FOUND THEN
    PERFORM fail('conflict', 'email', 'already has an account; sign in instead');
  END IF;
  PERFORM record_change(args, 'user.created', begin_change(args), NULL, NULL, NULL);
  PERFORM open_session(args);
  RETURN account_json(a);
END $$;

CREATE OR REPLACE FUNCTION account_json(a account) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'email', a.email, 'zone', a.zone)
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
CREATE OR REPLACE FUNCTION op_begin_login(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  a account;
  exceeded boolean;
BEGIN
  WITH attempt AS (
    INSERT INTO login_attempt AS l (email, address, attempts, resets_at)
    VALUES (args->>'email', args->>'address', 1, now() + (args->>'window')::interval),
           (args->>'email', '', 1, now() + (args->>'window')::interval)
    ON CONFLICT (email, address) DO UPDATE SET
      attempts  = CASE WHEN l.resets_at <= now() THEN 1 ELSE l.attempts + 1 END,
      resets_at = CASE WHEN l.resets_at <= now() THEN excluded.resets_at ELSE l.resets_at END
    RETURNING address, attempts
  )
  SELECT bool_or(attempts > CASE WHEN address = '' THEN (args->>'perAccount')::int ELSE (args->>'perAddress')::int END)
  INTO exceeded FROM attempt;
  IF exceeded THEN
    -- No exception: it would undo the count.
    RETURN jsonb_build_object('limited', true);
  END IF;
  SELECT * INTO a FROM account WHERE email = args->>'email';
  IF NOT FOUND THEN
    RETURN jsonb_build_object('limited', false);
  END IF;
  RETURN jsonb_build_object('limited', false, 'passwordHash', a.password_hash, 'account', account_json(a));
END $$;

-- Opens a session after a correct password and takes back what begin_login counted.
CREATE OR REPLACE FUNCTION op_finish_login(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM login_attempt WHERE email = args->>'email' AND address = args->>'address';
  UPDATE login_attempt SET attempts = greatest(attempts - 1, 0) WHERE email = args->>'email' AND address = '';
  PERFORM open_session(args);
  RETURN '{}';
END $$;
