-- Settings: columns of the account, one object to people.

CREATE OR REPLACE FUNCTION settings_json(a account) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('version', a.settings_version, 'zone', a.zone, 'locale', a.locale,
    'weekStart', a.week_start, 'dayStart', to_char(a.day_start, 'HH24:MI'),
    'remindersBy', a.reminders_by, 'digestBy', a.digest_by, 'digestAt', to_char(a.digest_at, 'HH24:MI'),
    'overdueBy', a.overdue_by, 'overdueAt', to_char(a.overdue_at, 'HH24:MI'), 'quietHours', a.quiet_hours)
$$;

CREATE OR REPLACE FUNCTION op_get_settings(args jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  a account;
BEGIN
  SELECT * INTO a FROM account WHERE id = (args->>'userId')::uuid;
  IF NOT FOUND THEN
    PERFORM fail('not_found', '', 'there is no such user');
  END IF;
  RETURN settings_json(a);
END $$;

-- Quiet hours changed by a merge patch; NULL when they are removed.
CREATE OR REPLACE FUNCTION patched_quiet_hours(before jsonb, patch jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  quiet jsonb := '{"urgent": false}' || merged(before, patch);
BEGIN
  IF NOT quiet ?& '{from,to}' THEN
    PERFORM fail('invalid', 'quietHours', 'need both from and to: there are none yet');
  ELSIF quiet->'from' = quiet->'to' THEN
    PERFORM fail('invalid', 'quietHours.to', 'must be another time than from');
  END IF;
  RETURN quiet;
END $$;

-- {ifVersion?, fields: {zone?, locale?, weekStart?, dayStart?, remindersBy?, digestBy?, digestAt?, overdueBy?,
-- overdueAt?, quietHours?}}
CREATE OR REPLACE FUNCTION command_settings_update(act jsonb, command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  before account;
  a      account;
  fields jsonb := command->'fields';
BEGIN
  SELECT * INTO STRICT before FROM account WHERE id = (act->>'userId')::uuid;
  PERFORM check_version('object', before.settings_version, command);
  a := before;
  a.zone       := coalesce(fields->>'zone', a.zone);
  a.locale     := coalesce(fields->>'locale', a.locale);
  a.week_start := coalesce((fields->>'weekStart')::smallint, a.week_start);
  a.day_start  := coalesce((fields->>'dayStart')::time, a.day_start);
  a.reminders_by := coalesce(text_array(fields->'remindersBy'), a.reminders_by);
  a.digest_by  := coalesce(text_array(fields->'digestBy'), a.digest_by);
  a.digest_at  := coalesce((fields->>'digestAt')::time, a.digest_at);
  a.overdue_by := coalesce(text_array(fields->'overdueBy'), a.overdue_by);
  a.overdue_at := coalesce((fields->>'overdueAt')::time, a.overdue_at);
  IF fields ? 'quietHours' THEN a.quiet_hours := patched_quiet_hours(a.quiet_hours, fields->'quietHours'); END IF;
  IF a IS NOT DISTINCT FROM before THEN
    RETURN settings_json(before);
  END IF;
  UPDATE account SET settings_version = settings_version + 1,
    zone = a.zone, locale = a.locale, week_start = a.week_start, day_start = a.day_start,
    reminders_by = a.reminders_by, digest_by = a.digest_by, digest_at = a.digest_at,
    overdue_by = a.overdue_by, overdue_at = a.overdue_at, quiet_hours = a.quiet_hours
  WHERE id = before.id
  RETURNING * INTO a;
  PERFORM record_change(act || jsonb_build_object('zone', a.zone), 'settings', 'updated', a.id, a.settings_version,
    settings_json(before), settings_json(a));
  RETURN settings_json(a);
END $$;

-- Takes back what an act made of the settings; see command_act_undo.
CREATE OR REPLACE FUNCTION undo_settings(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM command_settings_update(act, jsonb_build_object('fields', taken_back('settings', op_get_settings(act), before, after)));
END $$;
