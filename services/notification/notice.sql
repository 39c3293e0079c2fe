-- op_add_notice sets up a mail about the account, once for each change that asks for it.
-- args: id, userId, kind, askedAt.
CREATE OR REPLACE FUNCTION op_add_notice(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO notices (id, user_id, kind, state, asked_at, next_attempt_at)
  SELECT (args->>'id')::uuid, (args->>'userId')::uuid, args->>'kind', 'pending', (args->>'askedAt')::timestamptz, now()
  WHERE NOT is_departed((args->>'userId')::uuid)
  ON CONFLICT DO NOTHING;
  RETURN '{}';
END $$;

-- op_claim_notices leases mails that are due and not about one reminder, in the shape of
-- op_claim_deliveries. Of the mails of a minute, those about accounts come first, then reminders, then
-- lists of what is due.
-- args: lease, limit, aMinute?, digests (services of the version before do not know lists of what is due).
CREATE OR REPLACE FUNCTION op_claim_notices(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most    integer := args->>'limit';
  claimed jsonb;
BEGIN
  PERFORM lock_rates('email');
  claimed := claim_some_notices(args, false, least(most, mails_left((args->>'aMinute')::integer, 3)));
  IF args ? 'digests' THEN
    PERFORM hold_lists();
    claimed := claimed || claim_some_notices(args, true, least(most - jsonb_array_length(claimed), mails_left((args->>'aMinute')::integer, 1)));
  END IF;
  RETURN claimed;
END $$;

-- claim_some_notices claims lists of what is due, or others.
CREATE OR REPLACE FUNCTION claim_some_notices(args jsonb, lists boolean, most integer) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  claimed jsonb;
BEGIN
  WITH claimed AS (
    UPDATE notices SET attempts = attempts + 1, next_attempt_at = lease_end(args)
    WHERE id IN (
      SELECT id FROM notices n WHERE state = 'pending' AND next_attempt_at <= now() AND subscription IS NULL AND (day IS NOT NULL) = lists
        AND (NOT lists OR list_held(n) IS NULL)
      ORDER BY next_attempt_at LIMIT greatest(0, most)
      FOR UPDATE SKIP LOCKED)
    RETURNING *)
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'userId', user_id, 'reminder', id, 'version', 1, 'channel', 'email', 'attempt', attempts,
    'firedAt', coalesce(held_until, asked_at), 'fireAt', coalesce(held_until, asked_at), 'title', kind, 'day', day) ORDER BY asked_at), '[]')
  INTO claimed FROM claimed;
  PERFORM spend_mails((args->>'aMinute')::integer, jsonb_array_length(claimed));
  RETURN claimed;
END $$;

-- op_renew_notice is op_renew_delivery for notices.
CREATE OR REPLACE FUNCTION op_renew_notice(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notices SET next_attempt_at = lease_end(args)
  WHERE id = (args->>'reminder')::uuid AND state = 'pending' AND attempts = (args->>'attempt')::integer;
  RETURN to_jsonb(FOUND);
END $$;

-- op_record_notice_sent ends a notice well, whoever holds its lease by now: the message is out.
CREATE OR REPLACE FUNCTION op_record_notice_sent(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notices SET state = 'sent', error = '' WHERE id = (args->>'reminder')::uuid;
  RETURN '{}';
END $$;

-- op_record_notice_failed is op_record_failed for notices, of which nobody is told.
CREATE OR REPLACE FUNCTION op_record_notice_failed(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE notices SET error = args->>'error',
    state = CASE WHEN args->>'retryAt' IS NULL THEN 'failed' ELSE 'pending' END,
    next_attempt_at = coalesce((args->>'retryAt')::timestamptz, next_attempt_at)
  WHERE id = (args->>'reminder')::uuid AND state = 'pending' AND attempts = (args->>'attempt')::integer;
  RETURN '{}';
END $$;
