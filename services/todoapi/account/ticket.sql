-- A ticket stands for a caller, once, within seconds: it opens a socket.

-- Makes a ticket of a session or an API token that stands: {caller, hash, lifetime} -> {expiresAt}.
CREATE OR REPLACE FUNCTION op_issue_ticket(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  good_until timestamptz := clock_timestamp() + (args->>'lifetime')::interval;
BEGIN
  PERFORM require_standing(args->'caller');
  INSERT INTO ticket (hash, caller, expires_at) VALUES (decode(args->>'hash', 'hex'), args->'caller', good_until);
  RETURN jsonb_build_object('expiresAt', good_until);
END $$;

-- Takes a ticket and returns its caller. One row, one DELETE: of any number who try, one gets it.
CREATE OR REPLACE FUNCTION redeem_ticket(presented bytea) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  found jsonb;
BEGIN
  DELETE FROM ticket WHERE hash = presented AND expires_at > clock_timestamp() RETURNING caller INTO found;
  IF found IS NULL THEN
    PERFORM fail('unauthenticated', '', 'the ticket is unknown, used or expired');
  END IF;
  PERFORM require_standing(found);
  RETURN found;
END $$;

-- Forgets tickets that expired before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_tickets(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM ticket WHERE hash IN (
    SELECT hash FROM ticket WHERE expires_at < (args->>'before')::timestamptz
    LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
