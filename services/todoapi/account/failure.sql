-- Sign-ins with a wrong password, of which their accounts are told.

-- Counts a sign-in that failed: {email}. It does the same for every address, so that neither the answer nor
-- the time that it takes tells which ones have an account.
CREATE OR REPLACE FUNCTION op_note_failed_sign_in(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO failed_sign_in AS f (email, failures, tell_at) VALUES (args->>'email', 1, now())
  ON CONFLICT (email) DO UPDATE SET failures = f.failures + 1;
  RETURN '{}';
END $$;

-- Tells accounts how many sign-ins failed since they were told last, each at most once in a pause:
-- {by, pause, limit} -> {told, more}. Addresses without an account, or of which there is nothing to
-- tell any more, are forgotten.
CREATE OR REPLACE FUNCTION op_tell_failed_sign_ins(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  f      failed_sign_in;
  uid    uuid;
  looked int := 0;
  told   int := 0;
BEGIN
  FOR f IN
    SELECT * FROM failed_sign_in WHERE tell_at <= now() ORDER BY tell_at LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED
  LOOP
    looked := looked + 1;
    SELECT id INTO uid FROM account WHERE email = f.email AND deleted_at IS NULL;
    IF NOT FOUND OR f.failures = 0 THEN
      DELETE FROM failed_sign_in WHERE email = f.email;
    ELSE
      PERFORM record_change(begin_act(args || jsonb_build_object('userId', uid))
        || jsonb_build_object('details', jsonb_build_object('count', f.failures)), 'account', 'sign_in_failed', uid, 1, NULL, NULL);
      UPDATE failed_sign_in SET failures = 0, tell_at = now() + (args->>'pause')::interval WHERE email = f.email;
      told := told + 1;
    END IF;
  END LOOP;
  RETURN jsonb_build_object('told', told, 'more', looked = (args->>'limit')::int);
END $$;
