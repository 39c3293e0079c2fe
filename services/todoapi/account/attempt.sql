-- Counters of what may be tried so often in a window of time. An operation that counts several
-- does so in the order in which op_begin_login does, so that no two wait for each other.

-- Counts one attempt. Where there were more than at_most in the window, it returns
-- {limited, quota, retryAfter}, the latter the seconds until the window ends, else NULL; at_most
-- NULL is no limit.
CREATE OR REPLACE FUNCTION count_attempt(kind text, subject text, span text, at_most int) RETURNS jsonb
LANGUAGE sql AS $$
  INSERT INTO attempt AS a (kind, subject, attempts, resets_at)
  VALUES (count_attempt.kind, count_attempt.subject, 1, now() + span::interval)
  ON CONFLICT ON CONSTRAINT attempt_pkey DO UPDATE SET
    attempts  = CASE WHEN a.resets_at <= now() THEN 1 ELSE a.attempts + 1 END,
    resets_at = CASE WHEN a.resets_at <= now() THEN excluded.resets_at ELSE a.resets_at END
  RETURNING CASE WHEN attempts > at_most THEN jsonb_build_object('limited', true, 'quota', at_most,
    'retryAfter', ceil(extract(epoch FROM resets_at - now()))::int) END
$$;

-- Counts a request of somebody who has not signed in:
-- {address, window, perClient} -> {limited, quota?, retryAfter?}.
CREATE OR REPLACE FUNCTION op_count_guest(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT coalesce(count_attempt('guest', args->>'address', args->>'window', (args->>'perClient')::int), '{"limited": false}')
$$;

-- Takes back one attempt.
CREATE OR REPLACE FUNCTION uncount_attempt(of_kind text, of_subject text) RETURNS void
LANGUAGE sql AS $$
  UPDATE attempt SET attempts = greatest(attempts - 1, 0) WHERE kind = of_kind AND subject = of_subject
$$;

-- Forgets counters whose window ended before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_attempts(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM attempt WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM attempt WHERE resets_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
