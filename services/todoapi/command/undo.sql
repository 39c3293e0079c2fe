-- Undo: taking back all changes of one act. Each kind of object whose acts can be undone brings a
-- function undo_<entity>(act jsonb, id uuid, before jsonb, after jsonb), which takes back what the
-- act made of an object; before is NULL when it was not there, after when it was deleted. Tasks,
-- of which an act may have changed thousands, have undo_tasks for all of them.

-- {id, fields?: {except}}: takes back the act whose changes have this group, and returns {group,
-- changes}. It is an act itself, and can be undone. Where somebody has changed the same since, or
-- the act changed an object of a kind that is excepted, nothing is done.
CREATE OR REPLACE FUNCTION command_act_undo(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  uid      uuid := act->>'userId';
  entities text[];
  ids      uuid[];
  firsts   bigint[];
  lasts    bigint[];
  tasks    uuid[];
  change   record;
BEGIN
  SELECT array_agg(c.entity ORDER BY c.last DESC), array_agg(c.id ORDER BY c.last DESC),
    array_agg(c.first ORDER BY c.last DESC), array_agg(c.last ORDER BY c.last DESC)
  INTO entities, ids, firsts, lasts FROM objects_of_act(uid, command->>'id') c;
  IF entities IS NULL THEN
    PERFORM fail('not_found', '', 'there is no such act of the last 24 hours');
  END IF;
  PERFORM check_undo(entity, command->'fields'->'except') FROM (SELECT DISTINCT unnest(entities) AS entity) e;
  -- What the act made leaves its place before that goes. What comes back is in its place again
  -- when that is there, and so is looked at last.
  tasks := ARRAY(SELECT id FROM unnest(entities, ids) u (entity, id) WHERE entity = 'task');
  PERFORM undo_tasks(act, tasks, ARRAY(SELECT first FROM unnest(entities, firsts) u (entity, first) WHERE entity = 'task'),
    ARRAY(SELECT last FROM unnest(entities, lasts) u (entity, last) WHERE entity = 'task'));
  FOR change IN
    SELECT u.entity, u.id, f.data->'before' AS before, l.data->'after' AS after
    FROM unnest(entities, ids, firsts, lasts) WITH ORDINALITY u (entity, id, first, last, n)
    JOIN event f ON f.user_id = uid AND f.seq = u.first JOIN event l ON l.user_id = uid AND l.seq = u.last
    WHERE u.entity <> 'task' ORDER BY u.n
  LOOP
    EXECUTE format('SELECT %I($1, $2, $3, $4)', 'undo_' || change.entity) USING act, change.id, change.before, change.after;
  END LOOP;
  PERFORM check_places(uid, tasks);
  RETURN jsonb_build_object('group', command->'id', 'changes', cardinality(ids));
END $$;

-- Refuses to take back what was done with a kind of objects.
CREATE OR REPLACE FUNCTION check_undo(entity text, excepted jsonb) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF entity <> 'task' AND to_regprocedure(format('undo_%s(jsonb,uuid,jsonb,jsonb)', entity)) IS NULL THEN
    PERFORM fail('conflict', '', 'what was done with the account cannot be undone');
  ELSIF excepted ? entity THEN
    PERFORM fail('forbidden', entity, format('the act changed %s, which the caller may not', entity));
  END IF;
END $$;

-- The objects that an act changed, with the seq of its first change of each and that of its last.
CREATE OR REPLACE FUNCTION objects_of_act(uid uuid, act_group text) RETURNS TABLE (entity text, id uuid, first bigint, last bigint)
LANGUAGE sql STABLE AS $$
  SELECT split_part(type, '.', 1), subject::uuid, min(seq), max(seq) FROM event
  WHERE user_id = uid AND at > now() - interval '24 hours' AND data->>'group' = act_group
  GROUP BY 1, 2
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
