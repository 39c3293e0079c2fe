-- How many messages go out: bounds that all replicas together keep.

-- lock_rates has all others who claim messages of a channel wait until this transaction ends.
CREATE OR REPLACE FUNCTION lock_rates(channel text) RETURNS void
LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('rates of ' || channel, 0))
$$;

-- mails_left is how many mails may go out now, of so many a minute; NULL: any number. They go evenly, at
-- once those of some seconds: mails that may have more of these do not wait behind the others.
CREATE OR REPLACE FUNCTION mails_left(a_minute integer, seconds integer) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT floor(greatest(seconds, seconds * 60.0 / a_minute) * a_minute / 60
    - greatest(0, extract(epoch FROM coalesce((SELECT spent_until FROM rates WHERE user_id = '00000000-0000-0000-0000-000000000000' AND channel = 'email'), now()) - now())) * a_minute / 60
    + 0.001)::integer -- moments are rounded
$$;

-- spend_mails notes that so many mails go out.
CREATE OR REPLACE FUNCTION spend_mails(a_minute integer, mails integer) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO rates AS known (user_id, channel, spent_until)
  SELECT '00000000-0000-0000-0000-000000000000', 'email', now() + mails * interval '1 minute' / a_minute WHERE a_minute > 0 AND mails > 0
  ON CONFLICT (user_id, channel) DO UPDATE SET spent_until = greatest(known.spent_until, now()) + (excluded.spent_until - now())
$$;
