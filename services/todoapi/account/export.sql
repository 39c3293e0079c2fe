-- Records that data of a user is handed out as a file: {userId, by, sessionId | tokenId, details}.
CREATE OR REPLACE FUNCTION op_record_export(args jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  act jsonb := begin_act(args);
BEGIN
  PERFORM require_standing(args);
  PERFORM record_change(act || jsonb_build_object('details', args->'details'), 'account', 'exported', (act->>'userId')::uuid, 1, NULL, NULL);
  RETURN '{}';
END $$;
