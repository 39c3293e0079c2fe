CREATE OR REPLACE FUNCTION op_note(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    uid  uuid := args->>'user';
    id   uuid := new_event_id();
    note jsonb := jsonb_build_object('userId', uid, 'seq', next_seq(uid), 'eventId', id, 'type', 'note.made', 'text', args->>'text');
BEGIN
    PERFORM enqueue(uid, id, 'note.made', args->>'text', now(), note);
    RETURN note;
END
$$;

CREATE OR REPLACE FUNCTION op_note_and_claim(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('note', op_note(args), 'claim', claim_for((args->>'user')::uuid, nullif(args->'relay', 'null')))
$$;
