-- lease_end is when a lease ends that begins now, by the clock of the database: those of two
-- pods differ. args: lease (seconds). Services of the version before name leaseUntil.
CREATE OR REPLACE FUNCTION lease_end(args jsonb) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT coalesce(now() + make_interval(secs => (args->>'lease')::float8), (args->>'leaseUntil')::timestamptz)
$$;

-- op_claim_deliveries leases pending messages that are due. args: lease, limit.
CREATE OR REPLACE FUNCTION op_claim_deliveries(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  WITH claimed AS (
    UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = lease_end(args)
    WHERE (reminder, version, channel) IN (
      SELECT reminder, version, channel FROM deliveries
      WHERE state = 'pending' AND next_attempt_at <= now()
      ORDER BY next_attempt_at LIMIT (args->>'limit')::integer
      FOR UPDATE SKIP LOCKED)
    RETURNING *)
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'userId', d.user_id, 'reminder', d.reminder, 'version', d.version, 'channel', d.channel,
    'attempt', d.attempts, 'firedAt', d.fired_at, 'fireAt', r.fire_at, 'title', r.title, 'due', r.due)
    ORDER BY d.fired_at), '[]')
  FROM claimed d JOIN reminders r ON r.id = d.reminder;
$$;

-- op_renew_delivery prolongs the lease of an attempt, and says whether it still held it.
-- args: userId, reminder, version, channel, attempt, lease.
CREATE OR REPLACE FUNCTION op_renew_delivery(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE deliveries SET next_attempt_at = lease_end(args)
  WHERE reminder = (args->>'reminder')::uuid AND version = (args->>'version')::integer
    AND channel = args->>'channel' AND user_id = (args->>'userId')::uuid
    AND state = 'pending' AND attempts = (args->>'attempt')::integer;
  RETURN to_jsonb(FOUND);
END $$;

-- op_record_sent ends a delivery well, whoever holds its lease by now: the message is out.
-- args: userId, reminder, version, channel.
CREATE OR REPLACE FUNCTION op_record_sent(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE deliveries SET state = 'sent', error = ''
  WHERE reminder = (args->>'reminder')::uuid AND version = (args->>'version')::integer
    AND channel = args->>'channel' AND user_id = (args->>'userId')::uuid AND state <> 'sent';
  IF FOUND THEN
    PERFORM tell(r, 'reminder.sent', args->>'channel')
    FROM reminders r WHERE r.id = (args->>'reminder')::uuid;
  END IF;
  RETURN '{}';
END $$;

-- op_record_failed puts off a delivery until retryAt, or gives it up when that is null. Only
-- the attempt that holds the lease may do so.
-- args: userId, reminder, version, channel, attempt, retryAt, error.
CREATE OR REPLACE FUNCTION op_record_failed(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_retry timestamptz := args->>'retryAt';
BEGIN
  UPDATE deliveries SET error = args->>'error',
    state = CASE WHEN v_retry IS NULL THEN 'failed' ELSE 'pending' END,
    next_attempt_at = coalesce(v_retry, next_attempt_at)
  WHERE reminder = (args->>'reminder')::uuid AND version = (args->>'version')::integer
    AND channel = args->>'channel' AND user_id = (args->>'userId')::uuid
    AND state = 'pending' AND attempts = (args->>'attempt')::integer;
  IF FOUND AND v_retry IS NULL THEN
    PERFORM tell(r, 'reminder.failed', args->>'channel', args->>'error')
    FROM reminders r WHERE r.id = (args->>'reminder')::uuid;
  END IF;
  RETURN '{}';
END $$;
