-- Commands: every change of a user's data. Each kind of object brings functions
-- command_<entity>_<verb>(act jsonb, command jsonb) RETURNS jsonb, which change one object,
-- record the change, and return the object.

-- Applies commands in order, in one transaction: {userId, by, sessionId?, tokenId?, opId?,
-- fingerprint?, group, atomic, commands: [{name, id, ifVersion?, …}], most?, relay?} -> {results,
-- group, seq, changes, repeated, claim}; seq is that of the user's last change, and changes is how
-- many were made, of which more than most undo all. A result is {ok: object} or, when not atomic,
-- {error}; atomic, the first failure undoes all. A request whose opId was used before gets the
-- results of then, if it is the same request. For relay and claim see claim_for.
CREATE OR REPLACE FUNCTION op_apply(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid     uuid := args->>'userId';
  act     jsonb := begin_act(args); -- from here on, nobody else counts up the user's seq
  start   bigint := head_of(uid);
  done    jsonb := answer_of(args);
  results jsonb[];
BEGIN
  IF done IS NOT NULL THEN
    RETURN done;
  END IF;
  PERFORM require_session(args);
  results := CASE WHEN (args->>'atomic')::boolean THEN run_commands(act, args->'commands', start + (args->>'most')::bigint)
    ELSE try_commands(act, args->'commands', start + (args->>'most')::bigint) END;
  IF args ? 'opId' THEN
    INSERT INTO operation (user_id, key, fingerprint, results, act_group, seq, at)
    VALUES (uid, args->>'opId', args->>'fingerprint', to_jsonb(results), args->>'group', head_of(uid), now());
  END IF;
  RETURN jsonb_build_object('results', to_jsonb(results), 'group', args->'group', 'seq', head_of(uid),
    'changes', head_of(uid) - start, 'repeated', false, 'claim', claim_for(uid, args->'relay'));
END $$;

-- The answer to the request that came under args.opId before, or NULL.
CREATE OR REPLACE FUNCTION answer_of(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before operation;
BEGIN
  SELECT * INTO before FROM operation WHERE user_id = (args->>'userId')::uuid AND key = args->>'opId';
  IF before.fingerprint <> args->>'fingerprint' THEN
    PERFORM fail('invalid', 'header.Idempotency-Key',
      'was used for another request; repeat that request unchanged, or send this one under a new key');
  END IF;
  RETURN CASE WHEN before.key IS NOT NULL THEN
    jsonb_build_object('results', before.results, 'group', before.act_group, 'seq', before.seq, 'repeated', true) END;
END $$;

-- An ended session changes nothing any more, although its access token is still good; nor does
-- an API token that was revoked since the request came.
CREATE OR REPLACE FUNCTION require_session(args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF args ?| '{sessionId,tokenId}' THEN
    PERFORM require_standing(args);
  END IF;
END $$;

-- Runs commands in order and returns their results. The failure of one of several says which it
-- was. They may not bring the user's seq above most, NULL for any.
CREATE OR REPLACE FUNCTION run_commands(act jsonb, commands jsonb, most bigint) RETURNS jsonb[]
LANGUAGE plpgsql AS $$
DECLARE
  command jsonb;
  results jsonb[] := '{}';
  message text;
  kind    text;
  field   text;
BEGIN
  FOR command IN SELECT jsonb_array_elements(commands) LOOP
    results := array_append(results, jsonb_build_object('ok', run_command(act, command)));
    PERFORM check_changes(act, most);
  END LOOP;
  RETURN results;
EXCEPTION WHEN SQLSTATE 'TD000' THEN -- once for all of them: each block like this slows down all that is written in it
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, kind = PG_EXCEPTION_DETAIL, field = COLUMN_NAME;
  PERFORM fail(kind, CASE WHEN jsonb_array_length(commands) = 1 OR kind = 'rate_limited' THEN field
    ELSE rtrim(format('commands[%s].%s', cardinality(results), field), '.') END, message);
END $$;

-- Runs commands as run_commands does, but the failure of one is its result and undoes only that one.
CREATE OR REPLACE FUNCTION try_commands(act jsonb, commands jsonb, most bigint) RETURNS jsonb[]
LANGUAGE plpgsql AS $$
DECLARE
  command jsonb;
  results jsonb[] := '{}';
BEGIN
  BEGIN
    RETURN run_commands(act, commands, most); -- in most requests none fails
  EXCEPTION WHEN SQLSTATE 'TD000' THEN
    NULL; -- each by itself then
  END;
  FOR command IN SELECT jsonb_array_elements(commands) LOOP
    results := array_append(results, try_command(act, command));
    PERFORM check_changes(act, most);
  END LOOP;
  RETURN results;
END $$;

-- Refuses an act that brings its user's seq above most.
CREATE OR REPLACE FUNCTION check_changes(act jsonb, most bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF head_of((act->>'userId')::uuid) > most THEN
    PERFORM fail('rate_limited', '', 'the act makes too many changes');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION run_command(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  object jsonb;
BEGIN
  EXECUTE format('SELECT %I($1, $2)', 'command_' || replace(command->>'name', '.', '_')) INTO object USING act, command;
  RETURN object;
END $$;

-- Runs one command; its failure is its result and leaves nothing behind.
CREATE OR REPLACE FUNCTION try_command(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  message text;
  kind    text;
  field   text;
BEGIN
  RETURN jsonb_build_object('ok', run_command(act, command));
EXCEPTION WHEN SQLSTATE 'TD000' THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, kind = PG_EXCEPTION_DETAIL, field = COLUMN_NAME;
  RETURN jsonb_build_object('error', jsonb_build_object('kind', kind, 'field', field, 'message', message));
END $$;

-- Refuses a command that names another version than the object's.
CREATE OR REPLACE FUNCTION check_version(what text, version bigint, command jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF version <> (command->>'ifVersion')::bigint THEN
    PERFORM fail('version_mismatch', '', format('the %s is at version %s; read it again and repeat the change', what, version));
  END IF;
END $$;

-- A JSON Merge Patch (RFC 7396) of a flat object: NULL when it is removed.
CREATE OR REPLACE FUNCTION merged(object jsonb, patch jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN patch <> 'null' THEN jsonb_strip_nulls(coalesce(object, '{}') || patch) END
$$;

-- An array of JSON strings; NULL for null.
CREATE OR REPLACE FUNCTION text_array(given jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN given <> 'null' THEN ARRAY(SELECT jsonb_array_elements_text(given)) END
$$;

-- Forgets keys used before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_operations(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM operation WHERE (user_id, key) IN (
    SELECT user_id, key FROM operation WHERE at < (args->>'before')::timestamptz
    ORDER BY at LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;
