-- Retention: entries go a month at a time, and leave where each log begins from then on.

-- Makes sure that there are partitions for what is appended now and in the next days. Each takes what comes
-- after the one before.
CREATE OR REPLACE FUNCTION provide_partitions() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  ahead constant timestamptz := now() + interval '7 days';
  since timestamptz;
  until timestamptz;
  part  text;
BEGIN
  IF (SELECT max(p.until) FROM partitions p) > ahead THEN
    RETURN;
  END IF;
  LOCK TABLE partitions IN SHARE ROW EXCLUSIVE MODE; -- one makes them
  SELECT max(p.until) INTO since FROM partitions p;
  WHILE since <= ahead LOOP
    part := to_char(since AT TIME ZONE 'UTC', '"entries_"YYYY_MM');
    until := (date_trunc('month', since AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    EXECUTE format('CREATE TABLE %I (LIKE entries INCLUDING DEFAULTS, PRIMARY KEY (user_id, position), UNIQUE (user_id, event_id), '
      'UNIQUE (user_id, change_seq), CHECK (position > 0), CHECK (octet_length(hash) = 32))', part);
    EXECUTE format('CREATE INDEX ON %I (user_id, subject_of(body), position)', part);
    EXECUTE format('CREATE TRIGGER entries_append_only BEFORE UPDATE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()', part);
    EXECUTE format('CREATE TRIGGER entries_erased AFTER DELETE ON %I REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_erasure()', part);
    EXECUTE format('ALTER TABLE entries ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, since, until);
    INSERT INTO partitions (name, until) VALUES (part, until);
    since := until;
  END LOOP;
END $$;

-- Drops the oldest partition if all in it is older than logs are kept: {days, limit} -> {more}. Before that, up
-- to limit users at a time, it notes where their logs begin without it.
CREATE OR REPLACE FUNCTION op_drop_entries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  part  partitions;
  uid   uuid;
  count int := 0;
BEGIN
  IF coalesce((args->>'days')::int, 0) < 30 THEN
    PERFORM fail('invalid', 'days', 'entries are kept for 30 days at least');
  END IF;
  SELECT * INTO part FROM partitions p WHERE p.until <= now() - make_interval(days => (args->>'days')::int)
  ORDER BY p.until LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN '{"more": false}';
  END IF;
  LOOP
    EXECUTE format('SELECT user_id FROM %I WHERE user_id > $1 ORDER BY user_id LIMIT 1', part.name) INTO uid USING part.noted;
    EXIT WHEN uid IS NULL OR count = (args->>'limit')::int;
    PERFORM note_begin(uid, part.name);
    part.noted := uid;
    count := count + 1;
  END LOOP;
  IF count > 0 THEN
    UPDATE partitions p SET noted = part.noted WHERE p.name = part.name;
  ELSE -- in a transaction that holds no log: it waits for all who read
    LOCK TABLE partitions IN SHARE ROW EXCLUSIVE MODE; -- before the entries, as provide_partitions does
    EXECUTE format('DROP TABLE %I', part.name);
    DELETE FROM partitions p WHERE p.name = part.name;
    INSERT INTO dropped (until) VALUES (part.until) ON CONFLICT (single) DO UPDATE SET until = greatest(dropped.until, excluded.until);
  END IF;
  RETURN '{"more": true}';
END $$;

-- Notes that a log begins after its last entry in a partition.
CREATE OR REPLACE FUNCTION note_begin(uid uuid, part text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  last record;
BEGIN
  EXECUTE format('SELECT position, hash, (SELECT max(change_seq) FROM %1$I WHERE user_id = $1) AS seq
    FROM %1$I WHERE user_id = $1 ORDER BY position DESC LIMIT 1', part) INTO last USING uid;
  UPDATE chains SET begin_position = last.position, begin_hash = last.hash, begin_seq = greatest(begin_seq, last.seq), changed = true
  WHERE user_id = uid AND begin_position < last.position;
END $$;

-- Drops the lines of the oldest head that has some, if it was made before all that is left in logs: {} -> {more}.
-- Whatever they still prove of a log, a later line of it proves: logs that no later head lists are listed anew
-- before. The heads themselves stay, and the newest one whole.
CREATE OR REPLACE FUNCTION op_drop_head_lines(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  oldest bigint;
  alone  uuid[];
BEGIN
  SELECT h.number INTO oldest FROM heads h
  WHERE h.number = (SELECT min(number) FROM head_lines) AND h.number < (SELECT max(number) FROM signed_heads)
    AND h.at < (SELECT until FROM dropped);
  IF NOT FOUND THEN
    RETURN '{"more": false}';
  END IF;
  alone := ARRAY(
    SELECT c.user_id FROM head_lines l JOIN chains c USING (user_id)
    WHERE l.number = oldest AND NOT EXISTS (SELECT FROM head_lines later WHERE later.user_id = l.user_id AND later.number > oldest)
      AND NOT EXISTS (SELECT FROM tombstones t WHERE t.user_id = l.user_id)
    ORDER BY c.user_id FOR NO KEY UPDATE OF c);
  IF cardinality(alone) > 0 THEN -- until the next head
    UPDATE chains SET changed = true WHERE user_id = ANY (alone);
    RETURN '{"more": false}';
  END IF;
  DELETE FROM head_lines WHERE number = oldest;
  RETURN '{"more": true}';
END $$;
