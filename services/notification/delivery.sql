-- lease_end is when a lease ends that begins now, by the clock of the database: those of two
-- pods differ. args: lease (seconds). Services of the version before name leaseUntil.
CREATE OR REPLACE FUNCTION lease_end(args jsonb) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT coalesce(now() + make_interval(secs => (args->>'lease')::float8), (args->>'leaseUntil')::timestamptz)
$$;

-- op_claim_deliveries leases pending messages that are due and may go now. The others among them are
-- cancelled or put off. args: lease, limit, anHour (mails to one person), aMinute (mails to all); either
-- may be absent.
CREATE OR REPLACE FUNCTION op_claim_deliveries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most    integer;
  due     record;
  v       record;
  goes    boolean;
  claimed jsonb[] := '{}';
BEGIN
  PERFORM lock_rates('email');
  most := least((args->>'limit')::integer, mails_left((args->>'aMinute')::integer, 2));
  IF most < 1 THEN
    RETURN '[]';
  END IF;
  FOR due IN
    SELECT d, r FROM deliveries d JOIN reminders r ON r.id = d.reminder
    WHERE d.state = 'pending' AND d.next_attempt_at <= now()
    ORDER BY d.next_attempt_at LIMIT 500
    FOR UPDATE OF d SKIP LOCKED
  LOOP
    EXIT WHEN cardinality(claimed) = most;
    v := verdict(due.r, 'email', (due.d).counted, (args->>'anHour')::integer);
    goes := NOT v.cancelled AND coalesce(v.held, v.place, now()) <= now();
    UPDATE deliveries d SET state = CASE WHEN v.cancelled THEN 'cancelled' ELSE d.state END,
      held_until = coalesce(v.held, d.held_until), counted = d.counted OR v.place IS NOT NULL,
      fired_at = CASE d.attempts WHEN 0 THEN coalesce(v.held, d.fired_at) ELSE d.fired_at END,
      attempts = d.attempts + goes::integer, next_attempt_at = CASE WHEN goes THEN lease_end(args) ELSE coalesce(v.held, v.place, now()) END
    WHERE d.reminder = (due.d).reminder AND d.version = (due.d).version AND d.channel = (due.d).channel AND d.user_id = (due.d).user_id;
    IF goes THEN
      claimed := claimed || jsonb_build_object(
        'userId', (due.d).user_id, 'reminder', (due.d).reminder, 'version', (due.d).version, 'channel', (due.d).channel,
        'attempt', (due.d).attempts + 1, 'firedAt', (due.d).fired_at, 'fireAt', meant_at(due.r, (due.d).held_until, (due.d).fired_at),
        'taskId', (due.r).task_id, 'title', (due.r).title, 'due', (due.r).due, 'stopped', is_mail_stopped((due.d).user_id));
    END IF;
  END LOOP;
  PERFORM spend_mails((args->>'aMinute')::integer, cardinality(claimed));
  RETURN to_jsonb(claimed);
END $$;

-- meant_at is when a message was meant to go: what quiet hours put off, when they ended.
CREATE OR REPLACE FUNCTION meant_at(r reminders, held_until timestamptz, fired_at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN held_until IS NULL THEN r.fire_at ELSE greatest(r.fire_at, fired_at) END
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
    DELETE FROM mail_refusals WHERE user_id = (args->>'userId')::uuid;
    PERFORM tell(r, 'reminder.sent', args->>'channel')
    FROM reminders r WHERE r.id = (args->>'reminder')::uuid;
  END IF;
  RETURN '{}';
END $$;

-- op_record_failed puts off a delivery until retryAt, or gives it up when that is null. Only
-- the attempt that holds the lease may do so.
-- args: userId, reminder, version, channel, attempt, retryAt, error, refused? (whether the address was).
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
    IF (args->>'refused')::boolean THEN
      PERFORM note_refusal((args->>'userId')::uuid, args->>'error');
    END IF;
    PERFORM tell(r, 'reminder.failed', args->>'channel', args->>'error')
    FROM reminders r WHERE r.id = (args->>'reminder')::uuid;
  END IF;
  RETURN '{}';
END $$;
