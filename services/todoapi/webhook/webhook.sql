-- Webhooks. What is sent to them, and what became of it, is notification's.

-- A webhook as its user and changes see it: nothing of its secret.
CREATE OR REPLACE FUNCTION webhook_json(w webhook) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', w.id, 'version', w.version, 'url', w.url, 'types', w.types, 'description', w.description, 'format', w.format,
    'enabled', w.enabled, 'disabledReason', w.disabled_reason, 'createdAt', instant(w.created_at), 'updatedAt', instant(w.updated_at))
$$;

-- 32 random bytes as Standard Webhooks writes them. The hash makes them of three times 122 random bits.
CREATE OR REPLACE FUNCTION new_webhook_secret() RETURNS text
LANGUAGE sql AS $$
  SELECT 'whsec_' || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64')
$$;

CREATE OR REPLACE FUNCTION webhook_of(uid uuid, id uuid) RETURNS webhook
LANGUAGE plpgsql STABLE AS $$
DECLARE
  w webhook;
BEGIN
  SELECT * INTO w FROM webhook o WHERE o.user_id = uid AND o.id = webhook_of.id;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such webhook');
  END IF;
  RETURN w;
END $$;

-- Returns the webhook of a command at the version that it names.
CREATE OR REPLACE FUNCTION commanded_webhook(act jsonb, command jsonb) RETURNS webhook
LANGUAGE plpgsql AS $$
DECLARE
  w webhook := webhook_of((act->>'userId')::uuid, (command->>'id')::uuid);
BEGIN
  PERFORM check_version('webhook', w.version, command);
  RETURN w;
END $$;

-- Adds a webhook that fields describe, with a secret of its own, and records the change.
CREATE OR REPLACE FUNCTION add_webhook(act jsonb, id uuid, version bigint, created_at timestamptz, fields jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most CONSTANT int := 10;
  uid  uuid := act->>'userId';
  w    webhook;
BEGIN
  IF EXISTS (SELECT FROM webhook o WHERE o.id = add_webhook.id) THEN
    PERFORM fail('conflict', 'id', 'something else has this id');
  ELSIF (SELECT count(*) FROM webhook WHERE user_id = uid) >= most THEN
    PERFORM fail('conflict', '', format('there are %s webhooks already, as many as an account may have; delete one first', most));
  END IF;
  INSERT INTO webhook (id, user_id, version, since, url, types, description, format, enabled, disabled_reason, secret, created_at, updated_at)
  VALUES (add_webhook.id, uid, add_webhook.version, head_of(uid) + 1, fields->>'url', ARRAY(SELECT jsonb_array_elements_text(fields->'types')),
    coalesce(fields->>'description', ''), coalesce(fields->>'format', 'todoplatform'), coalesce((fields->>'enabled')::boolean, true), coalesce(fields->>'disabledReason', ''),
    new_webhook_secret(), add_webhook.created_at, (act->>'at')::timestamptz)
  RETURNING * INTO w;
  PERFORM record_change(act, 'webhook', 'created', w.id, w.version, NULL, webhook_json(w));
  RETURN webhook_json(w);
END $$;

-- {id, fields: {url, types, description?, enabled?}}
CREATE OR REPLACE FUNCTION command_webhook_create(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  RETURN add_webhook(act, (command->>'id')::uuid, 1, (act->>'at')::timestamptz, command->'fields');
END $$;

-- Writes a row that was changed, as its next version, and records the change.
CREATE OR REPLACE FUNCTION write_webhook(act jsonb, before webhook, w webhook) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  IF w IS NOT DISTINCT FROM before THEN
    RETURN webhook_json(w);
  END IF;
  UPDATE webhook SET version = version + 1, updated_at = (act->>'at')::timestamptz, url = w.url, types = w.types, description = w.description,
    format = w.format, enabled = w.enabled, disabled_reason = w.disabled_reason, secret = w.secret, former_secret = w.former_secret, former_until = w.former_until
  WHERE user_id = w.user_id AND id = w.id
  RETURNING * INTO w;
  PERFORM record_change(act, 'webhook', 'updated', w.id, w.version, webhook_json(before), webhook_json(w));
  RETURN webhook_json(w);
END $$;

-- {id, ifVersion?, fields}. One that is enabled again is not disabled by the platform any more.
CREATE OR REPLACE FUNCTION command_webhook_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before webhook := commanded_webhook(act, command);
  fields jsonb := command->'fields';
  w      webhook := before;
BEGIN
  w.url := coalesce(fields->>'url', w.url);
  IF fields ? 'types' THEN
    w.types := ARRAY(SELECT jsonb_array_elements_text(fields->'types'));
  END IF;
  w.description := coalesce(fields->>'description', w.description);
  w.format := coalesce(fields->>'format', w.format);
  w.enabled := coalesce((fields->>'enabled')::boolean, w.enabled);
  IF w.enabled THEN
    w.disabled_reason := '';
  END IF;
  RETURN write_webhook(act, before, w);
END $$;

-- {id, ifVersion?}: a new secret. The one before signs as well for a day.
CREATE OR REPLACE FUNCTION command_webhook_rotate(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before webhook := commanded_webhook(act, command);
  w      webhook := before;
BEGIN
  w.secret := new_webhook_secret();
  w.former_secret := before.secret;
  w.former_until := (act->>'at')::timestamptz + interval '24 hours';
  RETURN write_webhook(act, before, w);
END $$;

-- {id, ifVersion?}: a change that changes nothing, for it to be sent.
CREATE OR REPLACE FUNCTION command_webhook_test(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  w webhook := commanded_webhook(act, command);
BEGIN
  IF NOT w.enabled THEN
    PERFORM fail('conflict', '', 'the webhook is disabled; enable it first');
  END IF;
  PERFORM record_change(act, 'webhook', 'tested', w.id, w.version, webhook_json(w), webhook_json(w));
  RETURN webhook_json(w);
END $$;

-- {id, ifVersion?}
CREATE OR REPLACE FUNCTION command_webhook_delete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM delete_webhook(act, commanded_webhook(act, command));
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION delete_webhook(act jsonb, w webhook) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM webhook WHERE user_id = w.user_id AND id = w.id;
  PERFORM record_change(act, 'webhook', 'deleted', w.id, w.version + 1, webhook_json(w), NULL);
END $$;

-- Takes back what an act made of a webhook; see command_act_undo. One that was deleted comes back
-- with another secret, and a secret that was changed stays: what it was is kept nowhere.
CREATE OR REPLACE FUNCTION undo_webhook(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  was webhook;
  w   webhook;
  doc jsonb := before;
BEGIN
  SELECT * INTO was FROM webhook o WHERE o.user_id = (act->>'userId')::uuid AND o.id = undo_webhook.id;
  IF before IS NULL AND NOT FOUND THEN
    RETURN; -- it is so already
  ELSIF after IS NOT NULL THEN
    doc := taken_back('webhook', CASE WHEN was.id IS NOT NULL THEN webhook_json(was) END, before, after);
  END IF;
  IF before IS NULL THEN
    PERFORM delete_webhook(act, was);
  ELSIF was.id IS NULL THEN
    PERFORM add_webhook(act, undo_webhook.id, (doc->>'version')::bigint + 2, (doc->>'createdAt')::timestamptz, doc);
  ELSE
    w := was;
    w.url := doc->>'url';
    w.types := ARRAY(SELECT jsonb_array_elements_text(doc->'types'));
    w.description := doc->>'description';
    w.format := coalesce(doc->>'format', w.format); -- changes of the version before name none
    w.enabled := doc->>'enabled';
    w.disabled_reason := doc->>'disabledReason';
    PERFORM write_webhook(act, was, w);
  END IF;
END $$;

-- {userId} -> [webhook], the oldest first.
CREATE OR REPLACE FUNCTION op_list_webhooks(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(webhook_json(w) ORDER BY w.created_at, w.id), '[]') FROM webhook w WHERE w.user_id = (args->>'userId')::uuid
$$;

-- {userId, id} -> webhook.
CREATE OR REPLACE FUNCTION op_get_webhook(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT webhook_json(webhook_of((args->>'userId')::uuid, (args->>'id')::uuid))
$$;

-- A webhook with its secret, for its user alone: {userId, id} -> {…webhook, secret}.
CREATE OR REPLACE FUNCTION op_reveal_webhook(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  w webhook := webhook_of((args->>'userId')::uuid, (args->>'id')::uuid);
BEGIN
  RETURN webhook_json(w) || jsonb_build_object('secret', w.secret);
END $$;

-- What sending to the webhooks of a user takes, for notification: {userId} -> {head, webhooks}.
CREATE OR REPLACE FUNCTION op_list_webhook_targets(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('head', head_of((args->>'userId')::uuid), 'webhooks', coalesce(jsonb_agg(jsonb_build_object(
    'id', w.id, 'version', w.version, 'since', w.since, 'url', w.url, 'types', w.types, 'enabled', w.enabled,
    'format', w.format, 'secret', w.secret, 'formerSecret', w.former_secret, 'formerUntil', instant(w.former_until))), '[]'))
  FROM webhook w WHERE w.user_id = (args->>'userId')::uuid
$$;

-- Stops a webhook that is still at a version, in the name of the platform:
-- {userId, by, id, version, reason}.
CREATE OR REPLACE FUNCTION op_disable_webhook(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act    jsonb := begin_act(args);
  before webhook;
  w      webhook;
BEGIN
  SELECT * INTO before FROM webhook
  WHERE user_id = (act->>'userId')::uuid AND id = (args->>'id')::uuid AND version = (args->>'version')::bigint AND enabled;
  IF FOUND THEN
    w := before;
    w.enabled := false;
    w.disabled_reason := args->>'reason';
    PERFORM write_webhook(act, before, w);
  END IF;
  RETURN '{}';
END $$;
