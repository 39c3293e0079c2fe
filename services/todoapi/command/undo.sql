-- Undo: taking back all changes of one act. Each kind of object whose acts can be undone brings a
-- function undo_<entity>(act jsonb, id uuid, before jsonb, after jsonb), which takes back what the
-- act made of an object; before is NULL when it was not there, after when it was deleted.

-- {id, fields?: {except}}: takes back the act whose changes have this group, and returns {group,
-- changes}. It is an act itself, and can be undone. Where somebody has changed the same since, or
-- the act changed an object of a kind that is excepted, nothing is done.
CREATE OR REPLACE FUNCTION command_act_undo(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid    uuid := act->>'userId';
  change record;
  tasks  uuid[] := '{}';
  n      int := 0;
BEGIN
  FOR change IN SELECT * FROM changed_by_act(uid, command->>'id') ORDER BY last DESC LOOP
    IF to_regprocedure(format('undo_%s(jsonb,uuid,jsonb,jsonb)', change.entity)) IS NULL THEN
      PERFORM fail('conflict', '', 'what was done with the account cannot be undone');
    END IF;
    IF command->'fields'->'except' ? change.entity THEN
      PERFORM fail('forbidden', change.entity, format('the act changed %s, which the caller may not', change.entity));
    END IF;
    EXECUTE format('SELECT %I($1, $2, $3, $4)', 'undo_' || change.entity) USING act, change.id, change.before, change.after;
    IF change.entity = 'task' THEN
      tasks := tasks || change.id;
    END IF;
    n := n + 1;
  END LOOP;
  IF n = 0 THEN
    PERFORM fail('not_found', '', 'there is no such act of the last 24 hours');
  END IF;
  PERFORM check_places(uid, tasks);
  RETURN jsonb_build_object('group', command->'id', 'changes', n);
END $$;

-- The objects that an act changed: what they were before it and after it, and the seq of its last
-- change of each.
CREATE OR REPLACE FUNCTION changed_by_act(uid uuid, act_group text)
RETURNS TABLE (entity text, id uuid, before jsonb, after jsonb, last bigint)
LANGUAGE sql STABLE AS $$
  SELECT data->>'entity', (data->>'id')::uuid, (array_agg(data->'before' ORDER BY seq))[1],
    (array_agg(data->'after' ORDER BY seq DESC))[1], max(seq)
  FROM event
  WHERE user_id = uid AND at > now() - interval '24 hours' AND data->>'group' = act_group
  GROUP BY data->>'entity', data->>'id'
$$;

-- An object as it is now, with what an act changed of it as it was before. It fails where that
-- has been changed once more.
CREATE OR REPLACE FUNCTION taken_back(kind text, now jsonb, before jsonb, after jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  kept CONSTANT text[] := '{version,updatedAt}';
  seen jsonb := coalesce(now, after);
  name text := coalesce(to_json(coalesce(seen->>'title', seen->>'name'))::text, '');
  key  text;
BEGIN
  IF now IS NULL THEN
    PERFORM fail('conflict', '', format('the %s %s was deleted since; undo that first', kind, name));
  END IF;
  FOR key IN
    SELECT a.key FROM jsonb_each(after) a WHERE a.value IS DISTINCT FROM before->a.key AND a.key <> ALL (kept) ORDER BY a.key
  LOOP
    IF now->key IS DISTINCT FROM after->key THEN
      PERFORM fail('conflict', '', format('%s of the %s %s was changed since; undo that first', key, kind, name));
    END IF;
    now := now || jsonb_build_object(key, before->key);
  END LOOP;
  RETURN now;
END $$;
