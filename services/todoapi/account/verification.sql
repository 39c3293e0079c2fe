-- Whether somebody reads the mail of an account's address. The service notification sends the
-- mail with the link when a change asks it to.

-- Asks for the mail. With first, only if it was never asked for. Limits: one a minute and some a
-- day. {userId, by, first?, perDay} -> {needed} or {limited, quota, retryAfter}.
CREATE OR REPLACE FUNCTION op_request_verification(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
  a   account;
  exceeded jsonb;
BEGIN
  SELECT * INTO a FROM account WHERE id = (act->>'userId')::uuid;
  IF a.verified_at IS NOT NULL OR (args ? 'first' AND a.verification_asked_at IS NOT NULL) THEN
    RETURN jsonb_build_object('needed', false);
  END IF;
  exceeded := count_verification(a.id, (args->>'perDay')::int);
  IF exceeded IS NULL THEN
    PERFORM ask_verification(act);
  END IF;
  RETURN coalesce(exceeded, '{"needed": true}');
END $$;

CREATE OR REPLACE FUNCTION count_verification(uid uuid, per_day int) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT coalesce(count_attempt('verification-minute', uid::text, '1 minute', 1),
    count_attempt('verification-day', uid::text, '1 day', per_day))
$$;

CREATE OR REPLACE FUNCTION ask_verification(act jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account SET verification_asked_at = now() WHERE id = (act->>'userId')::uuid;
  PERFORM record_change(act, 'account', 'verification_requested', (act->>'userId')::uuid, 1, NULL, NULL);
END $$;

-- Notes that somebody reads the mail of an address: {userId, by, email}. If the account waits for
-- it, it is the account's from then on. Doing it twice is doing it once.
CREATE OR REPLACE FUNCTION op_verify_email(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
  a   account;
BEGIN
  SELECT * INTO a FROM account WHERE id = (act->>'userId')::uuid;
  IF a.email <> args->>'email' THEN
    IF pending_email(a) IS DISTINCT FROM args->>'email' THEN
      PERFORM fail('invalid', 'token', 'is for an address that the account neither has nor waits for any more');
    END IF;
    PERFORM take_new_email(act);
    RETURN '{}';
  END IF;
  UPDATE account SET verified_at = now() WHERE id = (act->>'userId')::uuid AND verified_at IS NULL;
  IF FOUND THEN
    PERFORM record_change(act, 'account', 'verified', (act->>'userId')::uuid, 1, NULL, NULL);
  END IF;
  RETURN '{}';
END $$;
