-- Comments on tasks.

CREATE OR REPLACE FUNCTION comment_json(c comment) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', c.id, 'version', c.version, 'taskId', c.task_id, 'text', c.text,
    'createdAt', instant(c.created_at), 'updatedAt', instant(c.updated_at))
$$;

-- Returns the comment of a command at the version that it names.
CREATE OR REPLACE FUNCTION commanded_comment(act jsonb, command jsonb) RETURNS comment
LANGUAGE plpgsql AS $$
DECLARE
  c comment;
BEGIN
  SELECT * INTO c FROM comment WHERE user_id = (act->>'userId')::uuid AND id = (command->>'id')::uuid AND deleted_at IS NULL;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such comment');
  END IF;
  PERFORM check_version('comment', c.version, command);
  RETURN c;
END $$;

-- {id, fields: {taskId, text, createdAt?}}
CREATE OR REPLACE FUNCTION command_comment_create(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  most CONSTANT int := 500;
  uid  uuid := act->>'userId';
  t    task := live_task(uid, (command->'fields'->>'taskId')::uuid);
  c    comment;
BEGIN
  IF EXISTS (SELECT FROM comment WHERE id = (command->>'id')::uuid) THEN
    PERFORM fail('conflict', 'id', 'something else has this id');
  ELSIF (SELECT count(*) FROM comment o WHERE o.task_id = t.id AND o.deleted_at IS NULL) >= most THEN
    PERFORM fail('conflict', '', format('there are %s comments on the task already, as many as one may have', most));
  END IF;
  INSERT INTO comment (id, user_id, task_id, text, created_at, updated_at)
  VALUES ((command->>'id')::uuid, uid, t.id, command->'fields'->>'text',
    coalesce((command->'fields'->>'createdAt')::timestamptz, (act->>'at')::timestamptz), (act->>'at')::timestamptz)
  RETURNING * INTO c;
  RETURN record_comment(act, 'created', NULL, c);
END $$;

-- Records a change of a comment and returns what became of it.
CREATE OR REPLACE FUNCTION record_comment(act jsonb, verb text, before comment, c comment) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  doc jsonb := CASE WHEN c.deleted_at IS NULL THEN comment_json(c) END;
BEGIN
  PERFORM record_change(act, 'comment', verb, c.id, c.version, CASE WHEN before.id IS NOT NULL THEN comment_json(before) END, doc);
  RETURN doc;
END $$;

CREATE OR REPLACE FUNCTION write_comment(act jsonb, c comment) RETURNS comment
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comment SET version = version + 1, updated_at = (act->>'at')::timestamptz, text = c.text, deleted_at = c.deleted_at
  WHERE user_id = c.user_id AND id = c.id
  RETURNING * INTO c;
  RETURN c;
END $$;

-- {id, ifVersion?, fields: {text}}
CREATE OR REPLACE FUNCTION command_comment_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before comment := commanded_comment(act, command);
  c      comment := before;
BEGIN
  c.text := command->'fields'->>'text';
  IF c.text = before.text THEN
    RETURN comment_json(before);
  END IF;
  RETURN record_comment(act, 'updated', before, write_comment(act, c));
END $$;

-- {id, ifVersion?}
CREATE OR REPLACE FUNCTION command_comment_delete(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before comment := commanded_comment(act, command);
  c      comment := before;
BEGIN
  c.deleted_at := act->>'at';
  RETURN record_comment(act, 'deleted', before, write_comment(act, c));
END $$;

-- {userId, taskId} -> [comment], oldest first.
CREATE OR REPLACE FUNCTION op_list_comments(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  t task := live_task((args->>'userId')::uuid, (args->>'taskId')::uuid);
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(comment_json(c) ORDER BY c.created_at, c.number), '[]') FROM comment c
    WHERE c.user_id = t.user_id AND c.task_id = t.id AND c.deleted_at IS NULL);
END $$;

-- Forgets comments that were deleted before a moment: {before, limit} -> {more}.
CREATE OR REPLACE FUNCTION op_prune_comments(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  pruned int;
BEGIN
  DELETE FROM comment WHERE id IN (SELECT id FROM comment WHERE deleted_at < (args->>'before')::timestamptz
    ORDER BY deleted_at LIMIT (args->>'limit')::int FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS pruned = ROW_COUNT;
  RETURN jsonb_build_object('more', pruned = (args->>'limit')::int);
END $$;

-- Takes back what an act made of a comment; see command_act_undo.
CREATE OR REPLACE FUNCTION undo_comment(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  c   comment;
  was comment;
BEGIN
  SELECT * INTO was FROM comment o WHERE o.user_id = (act->>'userId')::uuid AND o.id = undo_comment.id;
  IF NOT FOUND OR (after IS NULL AND was.deleted_at IS NULL) OR (before IS NULL AND was.deleted_at IS NOT NULL) THEN
    RETURN; -- it went with its task, or is so already
  END IF;
  c := was;
  IF after IS NULL THEN
    c.deleted_at := NULL;
    PERFORM record_comment(act, 'created', NULL, write_comment(act, c));
    RETURN;
  END IF;
  c.text := taken_back('comment', CASE WHEN was.deleted_at IS NULL THEN comment_json(was) END, before, after)->>'text';
  IF before IS NULL THEN
    c.text := was.text;
    c.deleted_at := act->>'at';
    PERFORM record_comment(act, 'deleted', was, write_comment(act, c));
  ELSE
    PERFORM record_comment(act, 'updated', was, write_comment(act, c));
  END IF;
END $$;
