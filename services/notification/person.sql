-- op_get_people says up to which seq the changes of users are handled, when their days start, and
-- for what their webhooks are; or that they have departed.
-- args: userIds -> [{userId, seq, dayStart, settingsAsOf, archivedAsOf, webhooksAsOf, webhooks: [{id, since, types, format}], departed}].
CREATE OR REPLACE FUNCTION op_get_people(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('userId', user_id, 'seq', seq, 'dayStart', day_start, 'departed', gone, 'settingsAsOf', settings_as_of, 'archivedAsOf', archived_as_of, 'webhooksAsOf', webhooks_as_of,
    'webhooks', (SELECT jsonb_agg(jsonb_build_object('id', w.id, 'since', w.since, 'types', w.types, 'format', w.format)) FROM webhooks w WHERE w.user_id = known.user_id AND w.enabled))), '[]')
  FROM (
    SELECT user_id, seq, day_start, settings_as_of, archived_as_of, webhooks_as_of, false AS gone FROM people WHERE NOT is_departed(user_id)
    UNION ALL
    SELECT user_id, 0, '', NULL, NULL, NULL, true FROM departed
  ) known
  WHERE user_id = ANY (ARRAY(SELECT jsonb_array_elements_text(args->'userIds')::uuid))
$$;

-- op_save_progress notes up to which seq the changes of users are handled. It never goes back.
-- Who is new has no webhooks, no archived projects and no settings before the first change; services of
-- versions before, which know nothing of these, do not name them, and pass over changes of settings.
-- args: people [{userId, seq}].
CREATE OR REPLACE FUNCTION op_save_progress(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO people AS known (user_id, seq, archived_as_of, webhooks_as_of, settings_as_of)
  SELECT (p->>'userId')::uuid, (p->>'seq')::bigint, CASE WHEN p ? 'archivedAsOf' THEN 0 END, CASE WHEN p ? 'webhooksAsOf' THEN 0 END, CASE WHEN p ? 'settingsAsOf' THEN 0 END
  FROM jsonb_array_elements(args->'people') p
  WHERE NOT is_departed((p->>'userId')::uuid)
  ORDER BY 1 -- so that two of these cannot wait for each other
  ON CONFLICT (user_id) DO UPDATE SET seq = excluded.seq,
    settings_as_of = CASE WHEN excluded.settings_as_of IS NOT NULL THEN known.settings_as_of END
  WHERE known.seq < excluded.seq;
  RETURN '{}';
END $$;

-- op_save_archived notes which projects of a user are archived, as of a seq. It never goes back.
-- args: userId, asOf, projectIds.
CREATE OR REPLACE FUNCTION op_save_archived(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO people AS known (user_id, archived_as_of, archived)
  SELECT (args->>'userId')::uuid, (args->>'asOf')::bigint, ARRAY(SELECT jsonb_array_elements_text(args->'projectIds')::uuid)
  WHERE NOT is_departed((args->>'userId')::uuid)
  ON CONFLICT (user_id) DO UPDATE SET archived_as_of = excluded.archived_as_of, archived = excluded.archived
  WHERE coalesce(known.archived_as_of <= excluded.archived_as_of, true);
  RETURN '{}';
END $$;

-- op_cancel_others cancels the reminders of a user's tasks other than those named, as of seq:
-- the tasks are done or gone. args: userId, seq, taskIds, now.
CREATE OR REPLACE FUNCTION op_cancel_others(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_task uuid;
BEGIN
  FOR v_task IN
    SELECT DISTINCT task_id FROM reminders
    WHERE user_id = (args->>'userId')::uuid AND state = 'scheduled'
      AND NOT (task_id = ANY (ARRAY(SELECT jsonb_array_elements_text(args->'taskIds')::uuid)))
    ORDER BY task_id
  LOOP
    PERFORM op_apply_change(jsonb_build_object('userId', args->'userId', 'taskId', v_task, 'seq', args->'seq',
      'title', '', 'due', NULL, 'firings', '[]'::jsonb, 'earliest', args->'now', 'now', args->'now'));
  END LOOP;
  RETURN '{}';
END $$;
