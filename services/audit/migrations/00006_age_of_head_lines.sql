-- +goose Up

-- By which it is found whether a later head lists a log as well.
CREATE INDEX head_lines_of_user ON head_lines (user_id, number);

-- Lines may go that were made before all that is left in logs, once later heads list the same logs.
-- +goose StatementBegin
CREATE FUNCTION refuse_loss_of_lines() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM gone g JOIN heads h USING (number) WHERE h.at >= coalesce((SELECT until FROM dropped), '-infinity'))
       OR EXISTS (SELECT FROM gone g JOIN chains c USING (user_id)
            WHERE NOT EXISTS (SELECT FROM head_lines l WHERE l.user_id = g.user_id AND l.number > g.number)
              AND NOT EXISTS (SELECT FROM tombstones t WHERE t.user_id = g.user_id)) THEN
        RAISE EXCEPTION 'platform heads are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP TRIGGER head_lines_append_only ON head_lines;
CREATE TRIGGER head_lines_append_only BEFORE UPDATE OR TRUNCATE ON head_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_heads();
CREATE TRIGGER head_lines_kept AFTER DELETE ON head_lines REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss_of_lines();

-- +goose Down
DROP TRIGGER head_lines_kept ON head_lines;
DROP TRIGGER head_lines_append_only ON head_lines;
CREATE TRIGGER head_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON head_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_heads();
DROP FUNCTION refuse_loss_of_lines();
DROP INDEX head_lines_of_user;
