-- The second door into a schema, for operations that let the reader try a condition (see
-- reader/matching.sql). It is answer in a transaction that can write nothing. A statement
-- without rights could still leave a lock of the session behind, hence the unlocking, and
-- the handler: without it a cancelled one would leave before.
CREATE OR REPLACE FUNCTION read(op text, args jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  result text;
BEGIN
  PERFORM set_config('transaction_read_only', 'on', true);
  BEGIN
    result := answer(op, args);
  EXCEPTION WHEN query_canceled THEN
    result := json_build_object('error', json_build_object('code', SQLSTATE, 'message', SQLERRM));
  END;
  PERFORM pg_advisory_unlock_all();
  RETURN result;
END
$$;
