-- What owners of the platform see and do: accounts and figures, nobody's tasks.

-- Refuses whoever is no owner: {userId, sessionId or tokenId, owners}. owners are the addresses that
-- the manifest names; such a one must be verified, or anybody could sign up with it.
CREATE OR REPLACE FUNCTION check_owner(args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_standing(args);
  IF NOT EXISTS (SELECT FROM account a WHERE a.id = (args->>'userId')::uuid AND is_owner(a, args->'owners')) THEN
    PERFORM fail('forbidden', '', 'only an owner of the platform may do this');
  END IF;
END $$;

-- Refuses whoever is no owner, for what another service answers.
CREATE OR REPLACE FUNCTION op_require_owner(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_owner(args);
  RETURN '{}';
END $$;

CREATE OR REPLACE FUNCTION is_owner(a account, owners jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT a.owner OR (a.verified_at IS NOT NULL AND owners ? a.email)
$$;

-- An account as owners see it.
CREATE OR REPLACE FUNCTION managed_account_json(a account, owners jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'email', a.email, 'emailVerified', a.verified_at IS NOT NULL, 'createdAt', instant(a.created_at),
    'owner', is_owner(a, owners), 'disabledAt', (SELECT instant(d.at) FROM disabled_account d WHERE d.user_id = a.id),
    'seenAt', instant(greatest((SELECT max(s.used_at) FROM session s WHERE s.user_id = a.id),
      (SELECT max(t.last_used_at) FROM api_token t WHERE t.user_id = a.id))),
    'tasks', (SELECT count(*) FROM task t WHERE t.user_id = a.id AND t.deleted_at IS NULL),
    'taskQuota', coalesce(a.task_quota, task_quota()))
$$;

-- One page of the accounts by address: {…, prefix, status, after?, limit} -> {items, next?}.
CREATE OR REPLACE FUNCTION op_list_accounts(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  wanted  int := args->>'limit';
  pattern text := regexp_replace(args->>'prefix', '([\\%_])', '\\\1', 'g') || '%';
  found   account[];
BEGIN
  PERFORM check_owner(args);
  found := ARRAY(
    SELECT a FROM account a
    WHERE a.deleted_at IS NULL AND a.email LIKE pattern AND a.email > coalesce(args->>'after', '')
      AND (args->>'status' = 'all' OR (args->>'status' = 'disabled') = EXISTS (SELECT FROM disabled_account d WHERE d.user_id = a.id))
    ORDER BY a.email LIMIT wanted + 1);
  RETURN jsonb_build_object(
    'items', (SELECT coalesce(jsonb_agg(managed_account_json(f, args->'owners') ORDER BY f.email), '[]') FROM unnest(found[:wanted]) f),
    'next', CASE WHEN cardinality(found) > wanted THEN found[wanted].email END);
END $$;

-- Returns an account that an owner names, and holds it until the transaction ends.
CREATE OR REPLACE FUNCTION managed_account(args jsonb) RETURNS account
LANGUAGE plpgsql AS $$
DECLARE
  a account;
BEGIN
  PERFORM check_owner(args);
  SELECT * INTO a FROM account WHERE id = (args->>'accountId')::uuid AND deleted_at IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such account');
  END IF;
  RETURN a;
END $$;

-- {…, accountId} -> account.
CREATE OR REPLACE FUNCTION op_read_account(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  RETURN managed_account_json(managed_account(args), args->'owners');
END $$;

-- {…, by, accountId, patch: {disabled?, owner?, taskQuota?}} -> account. Each is a change that the
-- account's user finds in the feed.
CREATE OR REPLACE FUNCTION op_manage_account(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  a     account := managed_account(args);
  patch jsonb := args->'patch';
  act   jsonb := begin_act(jsonb_build_object('userId', a.id, 'by', args->'by', 'group', args->'group'));
BEGIN
  IF a.id = (args->>'userId')::uuid AND (patch->>'disabled' = 'true' OR patch->>'owner' = 'false') THEN
    PERFORM fail('conflict', '', 'nobody can disable or demote themselves; another owner can');
  ELSIF patch->>'owner' = 'false' AND args->'owners' ? a.email THEN
    PERFORM fail('conflict', 'owner', 'the manifest of the platform names this address as an owner; take it out there');
  END IF;
  IF patch ? 'owner' AND a.owner <> (patch->>'owner')::boolean THEN
    UPDATE account SET owner = (patch->>'owner')::boolean WHERE id = a.id;
    PERFORM record_change(act, 'account', CASE WHEN patch->>'owner' = 'true' THEN 'owner_added' ELSE 'owner_removed' END, a.id, 1, NULL, NULL);
  END IF;
  IF patch ? 'taskQuota' AND a.task_quota IS DISTINCT FROM (patch->>'taskQuota')::int THEN
    UPDATE account SET task_quota = (patch->>'taskQuota')::int WHERE id = a.id;
    PERFORM record_change(act, 'account', 'quota_changed', a.id, 1, NULL, NULL);
  END IF;
  IF patch ? 'disabled' THEN
    PERFORM disable_account(act, a.id, (patch->>'disabled')::boolean);
  END IF;
  SELECT * INTO a FROM account WHERE id = a.id;
  RETURN managed_account_json(a, args->'owners');
END $$;

-- Disables an account, which ends its sessions, or enables it again.
CREATE OR REPLACE FUNCTION disable_account(act jsonb, uid uuid, disabled boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT disabled THEN
    DELETE FROM disabled_account WHERE user_id = uid;
    IF FOUND THEN
      PERFORM record_change(act, 'account', 'enabled', uid, 1, NULL, NULL);
    END IF;
    RETURN;
  END IF;
  INSERT INTO disabled_account (user_id, at) VALUES (uid, now()) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM record_change(act, 'account', 'disabled', uid, 1, NULL, NULL);
    PERFORM end_sessions(act);
  END IF;
END $$;

-- Figures of the platform. Tasks and changes are as many as the statistics of the database say,
-- because counting millions takes seconds.
CREATE OR REPLACE FUNCTION op_read_figures(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_owner(args);
  RETURN jsonb_build_object(
    'accounts', (SELECT count(*) FROM account WHERE deleted_at IS NULL),
    'verifiedAccounts', (SELECT count(*) FROM account WHERE deleted_at IS NULL AND verified_at IS NOT NULL),
    'disabledAccounts', (SELECT count(*) FROM disabled_account),
    'seenToday', (SELECT count(DISTINCT user_id) FROM session WHERE used_at > now() - interval '1 day'),
    'seenThisWeek', (SELECT count(DISTINCT user_id) FROM session WHERE used_at > now() - interval '7 days'),
    'sessions', (SELECT count(*) FROM session WHERE revoked_at IS NULL AND expires_at > now()),
    'apiTokens', (SELECT count(*) FROM api_token t WHERE token_stands(t)),
    'tasks', about_rows('task'),
    'changes', about_rows('event'),
    'waitingEvents', (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) waiting),
    'databaseBytes', pg_database_size(current_database()));
END $$;

CREATE OR REPLACE FUNCTION about_rows(name text) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = name::regclass
$$;
