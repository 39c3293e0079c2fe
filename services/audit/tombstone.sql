-- The end of a log: its account was deleted. What stays is a tombstone.

-- Sets the tombstone of a user, with the head of the log: {userId, at}. From then on the log is
-- empty to whoever reads it and takes nothing any more; its entries go in batches. Doing it twice is
-- doing it once.
CREATE OR REPLACE FUNCTION op_bury(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid uuid := args->>'userId';
BEGIN
  INSERT INTO chains (user_id) VALUES (uid) ON CONFLICT DO NOTHING;
  INSERT INTO tombstones (user_id, deleted_at, position, hash)
  SELECT user_id, (args->>'at')::timestamptz, position, hash FROM chains WHERE user_id = uid FOR UPDATE
  ON CONFLICT DO NOTHING;
  INSERT INTO erasures (user_id) VALUES (uid) ON CONFLICT DO NOTHING;
  RETURN '{}';
END $$;

-- The seq up to which the log of a deleted account holds all changes: it lacks none.
CREATE OR REPLACE FUNCTION buried_seq() RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
  SELECT 9223372036854775807
$$;

-- Erases up to so many entries of one log: {limit} -> {more}.
CREATE OR REPLACE FUNCTION op_erase_entries(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid    uuid;
  erased int;
BEGIN
  SELECT user_id INTO uid FROM erasures LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN '{"more": false}';
  END IF;
  DELETE FROM entries WHERE user_id = uid AND position IN (
    SELECT position FROM entries WHERE user_id = uid ORDER BY position LIMIT (args->>'limit')::int);
  GET DIAGNOSTICS erased = ROW_COUNT;
  IF erased < (args->>'limit')::int THEN
    DELETE FROM chains WHERE user_id = uid;
    DELETE FROM erasures WHERE user_id = uid;
  END IF;
  RETURN '{"more": true}';
END $$;
