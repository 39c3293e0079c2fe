-- clock_at is the moment at which clocks in a zone read a wall time: one that comes twice is the first
-- one, and one that is skipped is reckoned with the offset before the jump, as todo.Instant does.
CREATE OR REPLACE FUNCTION clock_at(wall timestamp, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
  early timestamptz := (wall - interval '6 hours') AT TIME ZONE zone + interval '6 hours';
BEGIN
  RETURN CASE WHEN early AT TIME ZONE zone = wall THEN early ELSE wall AT TIME ZONE zone END;
END $$;
