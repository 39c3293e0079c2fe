CREATE OR REPLACE FUNCTION op_note(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    appended event := append_event((args->>'user')::uuid, 'note.made', args->>'text', jsonb_build_object('text', args->>'text'));
BEGIN
    RETURN appended.data;
END
$$;
