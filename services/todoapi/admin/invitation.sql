-- Invitations: whoever has one may sign up where nobody else may.

CREATE OR REPLACE FUNCTION invitation_json(i invitation) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', i.id, 'email', coalesce(i.email, ''), 'createdAt', instant(i.created_at), 'expiresAt', instant(i.expires_at))
$$;

-- Most invitations of an owner that are open.
CREATE OR REPLACE FUNCTION invitation_quota() RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT 1000
$$;

-- {…, id, hash, email?, expiresAt} -> invitation.
CREATE OR REPLACE FUNCTION op_create_invitation(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  i invitation;
BEGIN
  PERFORM check_owner(args);
  IF args ? 'email' AND EXISTS (SELECT FROM account WHERE email = args->>'email') THEN
    PERFORM fail('conflict', 'email', 'already has an account');
  ELSIF (SELECT count(*) FROM invitation WHERE made_by = (args->>'userId')::uuid AND used_at IS NULL AND expires_at > now()) >= invitation_quota() THEN
    PERFORM fail('conflict', '', format('there are %s open invitations already, which is the most; withdraw some', invitation_quota()));
  END IF;
  INSERT INTO invitation (id, made_by, hash, email, created_at, expires_at)
  VALUES ((args->>'id')::uuid, (args->>'userId')::uuid, decode(args->>'hash', 'hex'), args->>'email', now(), (args->>'expiresAt')::timestamptz)
  RETURNING * INTO i;
  RETURN invitation_json(i);
END $$;

-- All invitations that are open, the newest first, whoever made them.
CREATE OR REPLACE FUNCTION op_list_invitations(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_owner(args);
  RETURN (SELECT coalesce(jsonb_agg(invitation_json(i) ORDER BY i.created_at DESC, i.id), '[]') FROM (
    SELECT * FROM invitation WHERE used_at IS NULL AND expires_at > now() ORDER BY created_at DESC, id LIMIT invitation_quota()) i);
END $$;

-- {…, id}
CREATE OR REPLACE FUNCTION op_withdraw_invitation(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_owner(args);
  DELETE FROM invitation WHERE id = (args->>'id')::uuid AND used_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such invitation');
  END IF;
  RETURN '{}';
END $$;

-- Uses an invitation up for an address: {invitationHash, email, firstIsOwner?}. The first account of a
-- platform needs none if it is to be its owner's.
CREATE OR REPLACE FUNCTION take_invitation(args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE invitation SET used_at = now()
  WHERE hash = decode(args->>'invitationHash', 'hex') AND used_at IS NULL AND expires_at > now()
    AND (email IS NULL OR email = args->>'email');
  IF NOT FOUND AND NOT (args ? 'firstIsOwner' AND is_first_account()) THEN
    PERFORM fail('forbidden', '', 'this platform takes new accounts by invitation: open the link of yours, and sign up with the address that it was made for');
  END IF;
END $$;

-- Forgets invitations that were used or expired before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_invitations(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  removed int;
BEGIN
  DELETE FROM invitation WHERE id = ANY (ARRAY(
    SELECT id FROM invitation WHERE least(expires_at, used_at) < (args->>'before')::timestamptz LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN jsonb_build_object('more', removed = (args->>'limit')::int);
END $$;
