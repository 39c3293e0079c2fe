-- Taking back what was done with projects and sections; see command_act_undo.

CREATE OR REPLACE FUNCTION undo_project(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  p   project;
  was project;
  doc jsonb;
BEGIN
  SELECT * INTO STRICT was FROM project o WHERE o.user_id = (act->>'userId')::uuid AND o.id = undo_project.id;
  IF (after IS NULL) <> (was.deleted_at IS NOT NULL) AND (before IS NULL OR after IS NULL) THEN
    RETURN; -- it is so already
  END IF;
  doc := CASE WHEN after IS NULL THEN before
    ELSE taken_back('project', CASE WHEN was.deleted_at IS NULL THEN project_json(was) END, before, after) END;
  p := was;
  IF before IS NULL THEN
    PERFORM check_project_is_empty(p);
    p.deleted_at := act->>'at';
    PERFORM record_project(act, 'deleted', was, write_project(act, p));
    RETURN;
  END IF;
  p := with_project_fields(p, doc);
  p.position := doc->>'position';
  p.archived_at := doc->>'archivedAt';
  p.deleted_at := NULL;
  PERFORM check_project(p);
  IF was.deleted_at IS NULL THEN
    PERFORM record_project(act, 'updated', was, write_project(act, p));
  ELSE
    PERFORM record_project(act, 'restored', NULL, write_project(act, p));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION check_project_is_empty(p project) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM task t WHERE t.user_id = p.user_id AND t.project_id = p.id AND t.deleted_at IS NULL)
    OR EXISTS (SELECT FROM section s WHERE s.user_id = p.user_id AND s.project_id = p.id AND s.deleted_at IS NULL)
    OR EXISTS (SELECT FROM project o WHERE o.user_id = p.user_id AND o.parent_id = p.id AND o.deleted_at IS NULL)
  THEN
    PERFORM fail('conflict', '', format('the project %s is not empty any more; delete it instead', to_json(p.name)));
  END IF;
END $$;

CREATE OR REPLACE FUNCTION undo_section(act jsonb, id uuid, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  s   section;
  was section;
  doc jsonb;
BEGIN
  SELECT * INTO STRICT was FROM section o WHERE o.user_id = (act->>'userId')::uuid AND o.id = undo_section.id;
  IF (after IS NULL) <> (was.deleted_at IS NOT NULL) AND (before IS NULL OR after IS NULL) THEN
    RETURN; -- it is so already
  END IF;
  doc := CASE WHEN after IS NULL THEN before
    ELSE taken_back('section', CASE WHEN was.deleted_at IS NULL THEN section_json(was) END, before, after) END;
  IF before IS NULL THEN
    IF EXISTS (SELECT FROM task t WHERE t.user_id = was.user_id AND t.section_id = was.id AND t.deleted_at IS NULL) THEN
      PERFORM fail('conflict', '', format('the section %s is not empty any more; delete it instead', to_json(was.name)));
    END IF;
    PERFORM delete_section(act, was);
    RETURN;
  END IF;
  s := was;
  s.name := doc->>'name';
  s.project_id := doc->>'projectId';
  s.position := doc->>'position';
  s.deleted_at := NULL;
  IF NOT EXISTS (SELECT FROM project p WHERE p.user_id = s.user_id AND p.id = s.project_id AND p.deleted_at IS NULL) THEN
    PERFORM fail('conflict', '', format('the project of the section %s was deleted since; undo that first', to_json(s.name)));
  END IF;
  PERFORM check_section(s);
  IF was.deleted_at IS NULL THEN
    PERFORM record_section(act, 'updated', was, write_section(act, s));
  ELSE
    PERFORM record_section(act, 'restored', NULL, write_section(act, s));
  END IF;
END $$;
