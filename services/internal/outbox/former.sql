-- What relays of the version before call while they still run beside this one. Goes with
-- the next version, and with it outbox_turn(int, uuid, int), which nothing calls any more.

CREATE OR REPLACE FUNCTION op_claim_events(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT op_relay(args || '{"users": 50, "perUser": 20}')::jsonb
$$;

CREATE OR REPLACE FUNCTION op_settle_events(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT op_relay_settle(args)
$$;
